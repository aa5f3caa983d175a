// An authorization server of another make: oidc-provider on two loopback ports, steered by lines on stdin.
//
// The protocol is that of the drivers: percent-encoded words in, one line of JSON out. `listen KEY CERTIFICATE
// CLIENTS` gives the addresses, `requests CLIENT_ID` what reached the token endpoint for a client. The end of
// stdin ends it. oidc-provider 9 calls URL.parse, which Node 20 lacks, so it stays at the last 8.

import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { createInterface } from 'node:readline'
import Provider from 'oidc-provider'

const recorded = []

// Only where a resource is named does oidc-provider give the choice between a JWT and a reference token.
const resourceIndicators = {
  enabled: true,
  defaultResource: () => 'urn:xilnex:coreapi',
  getResourceServerInfo: (_context, _resource, client) => ({
    scope: 'coreapi orders',
    audience: 'coreapi',
    accessTokenFormat: client.access_token_format,
  }),
}

// Nothing is ever looked up: clients are in the configuration, and nobody presents a token here.
class Adapter {
  async find() {}
  async upsert() {}
}

function configuration(clients) {
  const signing = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' })
  return {
    clients,
    adapter: Adapter,
    cookies: { keys: ['unused'] },
    jwks: { keys: [signing] },
    scopes: ['coreapi', 'orders'],
    extraClientMetadata: { properties: ['access_token_format'] },
    routes: { token: '/connect/token' },
    ttl: { ClientCredentials: 3600 },
    features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false }, resourceIndicators },
  }
}

async function record(context, next) {
  await next()
  if (context.path !== '/connect/token') return
  const { client, params } = context.oidc ?? {}
  recorded.push({
    client_id: client?.clientId ?? params?.client_id,
    authorization: context.get('authorization').split(' ')[0],
    form: Object.keys(context.oidc?.body ?? {}),
    status: context.status,
    ...context.body,
    problem: context.state.problem,
  })
}

// The issuer is the address itself, so the port has to be open before the provider exists.
async function open(scheme, server, settings) {
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const address = `${scheme}://127.0.0.1:${server.address().port}`
  const provider = new Provider(address, settings)
  provider.use(record)
  provider.on('server_error', (context, problem) => { context.state.problem = problem.stack })
  server.on('request', provider.callback())
  return server.address().port
}

const commands = {
  async listen(key, certificate, clients) {
    const settings = configuration(JSON.parse(clients))
    const tls = { key: readFileSync(key), cert: readFileSync(certificate) }
    return {
      http: await open('http', http.createServer(), settings),
      https: await open('https', https.createServer(tls), settings),
    }
  },
  requests: (clientId) => recorded.filter((request) => request.client_id === clientId),
}

for await (const line of createInterface({ input: process.stdin })) {
  const [command, ...words] = line.split(' ').map(decodeURIComponent)
  console.log(JSON.stringify(await commands[command](...words)))
}
process.exit()
