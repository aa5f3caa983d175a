"""Theme: how many requests reach the server when 32 callers ask at a cold cache, all at once."""

from endpoint import Endpoint
from rounds import MeasurementFailed, output_of

CALLERS = 32
# Seconds that the server takes: the slowest client has to have asked for all of its callers before one is answered.
LATENCY = 3

# Each is made once and asked by all threads, as a program with one object for all of its threads does it.
PYTHON_CALLS = {
    "xilnex-auth": "import xilnex_auth\ncall = xilnex_auth.Client().get_token",
    "msal": """
import msal
app = msal.ConfidentialClientApplication(
    os.environ["XILNEX_CLIENT_ID"], client_credential=os.environ["BENCH_TLS_SECRET"],
    oidc_authority=os.environ["BENCH_DISCOVERY"] + "/bench")
call = lambda: app.acquire_token_for_client(["coreapi"])["access_token"]
""",
    "azure-identity": """
from azure.identity import ClientSecretCredential
credential = ClientSecretCredential(
    "bench", os.environ["XILNEX_CLIENT_ID"], os.environ["BENCH_TLS_SECRET"],
    authority=os.environ["BENCH_DISCOVERY"], disable_instance_discovery=True)
call = lambda: credential.get_token("coreapi").token
""",
    "Authlib": """
from authlib.integrations.requests_client import OAuth2Session
session = OAuth2Session(os.environ["XILNEX_CLIENT_ID"], os.environ["XILNEX_CLIENT_SECRET"], scope="coreapi")
def call():
    if session.token is None or session.token.is_expired():
        session.fetch_token(os.environ["XILNEX_BASE_URL"] + "/connect/token", grant_type="client_credentials")
    return session.token["access_token"]
""",
    "requests-oauthlib": """
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

PYTHON = """
import os, threading
from concurrent.futures import ThreadPoolExecutor
{made}
start = threading.Barrier({count})
def ask(_):
    start.wait()
    return call()
with ThreadPoolExecutor({count}) as pool:
    assert all(pool.map(ask, range({count})))
"""

NODE_CALLS = {
    "xilnex-auth": "const client = new (require('xilnex-auth').Client)(); call = () => client.getToken();",
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

NODE = """
(async () => {{
  let call;
  {made}
  await Promise.all(Array.from({{ length: {count} }}, call));
}})();
"""


def commands(bench):
    """Name of the rival, language, command."""
    for name, made in PYTHON_CALLS.items():
        yield name, "Python", [bench.python, "-c", PYTHON.format(made=made, count=CALLERS)]
    for name, made in NODE_CALLS.items():
        yield name, "Node", ["node", "-e", NODE.format(made=made, count=CALLERS)]


def take(bench, samples, notes):
    if bench.quick:
        return
    notes["herd"] = []
    with Endpoint(latency=LATENCY) as endpoint:
        for name, language, command in commands(bench):
            before = endpoint.requests
            output_of(command, endpoint.environment(), bench.node)
            sent = endpoint.requests - before
            if sent == 0:
                raise MeasurementFailed(f"{name} sent no request")
            notes["herd"].append({"name": name, "language": language, "requests": sent})
