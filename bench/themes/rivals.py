"""The clients that are compared with, by the names of their samples: each piece makes `call`, which gets a token."""

# With `os` imported.
PYTHON = {
    "msal": """
import msal
app = msal.ConfidentialClientApplication(
    os.environ["XILNEX_CLIENT_ID"], client_credential=os.environ["BENCH_TLS_SECRET"],
    oidc_authority=os.environ["BENCH_DISCOVERY"] + "/bench")
call = lambda: app.acquire_token_for_client(["coreapi"])["access_token"]
""",
    "azure": """
from azure.identity import ClientSecretCredential
credential = ClientSecretCredential(
    "bench", os.environ["XILNEX_CLIENT_ID"], os.environ["BENCH_TLS_SECRET"],
    authority=os.environ["BENCH_DISCOVERY"], disable_instance_discovery=True)
call = lambda: credential.get_token("coreapi").token
""",
    "authlib": """
from authlib.integrations.requests_client import OAuth2Session
session = OAuth2Session(os.environ["XILNEX_CLIENT_ID"], os.environ["XILNEX_CLIENT_SECRET"], scope="coreapi")
def call():
    if session.token is None or session.token.is_expired():
        session.fetch_token(os.environ["XILNEX_BASE_URL"] + "/connect/token", grant_type="client_credentials")
    return session.token["access_token"]
""",
    "requests_oauthlib": """
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
from oauthlib.oauth2 import BackendApplicationClient
from requests_oauthlib import OAuth2Session
session = OAuth2Session(client=BackendApplicationClient(os.environ["XILNEX_CLIENT_ID"]), scope=["coreapi"])
def call():
    if not session.authorized:
        session.fetch_token(os.environ["XILNEX_BASE_URL"] + "/connect/token",
                            client_secret=os.environ["XILNEX_CLIENT_SECRET"], include_client_id=True)
    return session.token["access_token"]
""",
}

# Inside of an async function that has declared `call`.
NODE = {
    "msal-node": """
const { ConfidentialClientApplication } = require('@azure/msal-node');
const { BENCH_DISCOVERY: at, BENCH_TLS_SECRET: clientSecret, XILNEX_CLIENT_ID: clientId } = process.env;
const auth = { clientId, clientSecret, authority: at + '/bench', knownAuthorities: [new URL(at).host] };
const app = new ConfidentialClientApplication({ auth, system: { protocolMode: 'OIDC' } });
call = () => app.acquireTokenByClientCredential({ scopes: ['coreapi'] });
""",
    "openid-client": """
const openid = await import('openid-client');
const { XILNEX_BASE_URL: at, XILNEX_CLIENT_ID: id, XILNEX_CLIENT_SECRET: secret } = process.env;
const config = new openid.Configuration({ issuer: at, token_endpoint: at + '/connect/token' }, id, secret);
openid.allowInsecureRequests(config);
call = () => openid.clientCredentialsGrant(config, { scope: 'coreapi' });
""",
    "simple-oauth2": """
const { ClientCredentials } = require('simple-oauth2');
const { XILNEX_BASE_URL: tokenHost, XILNEX_CLIENT_ID: id, XILNEX_CLIENT_SECRET: secret } = process.env;
const simple = new ClientCredentials({ client: { id, secret }, auth: { tokenHost, tokenPath: '/connect/token' } });
let token;
call = async () => {
  if (!token || token.expired()) token = await simple.getToken({ scope: 'coreapi' });
  return token;
};
""",
}
