// What an application does that uses openid-client as its manual says.
import * as oidc from 'openid-client'
import { listen } from './person.mjs'

const execute = [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks] // the latter checks the ID token's signature

export async function signIn(app) {
  const config = await discover(app)
  const tokens = await connect(config, app)
  const fresh = await oidc.refreshTokenGrant(config, tokens.refresh_token)
  return { ...facts(tokens), rotated: fresh.refresh_token !== tokens.refresh_token, freshScope: fresh.scope }
}

export async function pushedRequest(app) {
  const config = await discover(app, 'oauth2')
  return facts(await connect(config, app, { build: oidc.buildAuthorizationUrlWithPAR }))
}

export async function boundTokens(app) {
  const config = await discover(app)
  const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair())
  const tokens = await connect(config, app, { build: oidc.buildAuthorizationUrlWithPAR, dpop: { DPoP } })
  const fresh = await oidc.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP })
  return { ...facts(tokens), freshType: fresh.token_type, resourceStatus: await call(config, app, fresh, { DPoP }) }
}

export async function device(app) {
  const config = await discover(app)
  const started = await oidc.initiateDeviceAuthorization(config, { scope: app.scope, resource: app.resource })
  console.log(`open ${started.verification_uri_complete}`)
  const tokens = await oidc.pollDeviceAuthorizationGrant(config, started)
  const fresh = await oidc.refreshTokenGrant(config, tokens.refresh_token)
  return { ...facts(tokens), freshScope: fresh.scope }
}

export async function register(app) {
  const metadata = {
    client_name: 'Notebook',
    redirect_uris: ['http://127.0.0.1/callback'],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: { none: 'none', basic: 'client_secret_basic' }[app.method],
  }
  const authentication = { none: oidc.None(), basic: undefined }[app.method]
  const config = await oidc.dynamicClientRegistration(new URL(app.issuer), metadata, authentication, { execute })
  const tokens = await connect(config, app)
  const fresh = await oidc.refreshTokenGrant(config, tokens.refresh_token)
  return { ...facts(tokens), freshScope: fresh.scope }
}

export async function userInfo(app) {
  const config = await discover(app)
  const tokens = await connect(config, app)
  const person = await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub)
  const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair())
  const bound = await connect(config, app, { dpop: { DPoP } })
  const same = await oidc.fetchUserInfo(config, bound.access_token, tokens.claims().sub, { DPoP })
  return { ...facts(tokens), told: person.email, toldAgain: same.email }
}

export async function endConnection(app) {
  const config = await discover(app)
  const tokens = await connect(config, app)
  const before = await oidc.tokenIntrospection(config, tokens.access_token)
  await oidc.tokenRevocation(config, tokens.refresh_token, { token_type_hint: 'refresh_token' })
  const after = await oidc.tokenIntrospection(config, tokens.access_token)
  const error = await oidc.refreshTokenGrant(config, tokens.refresh_token).catch((e) => e.error)
  return { ...facts(tokens), before, after, error }
}

export async function clientCredentials(app) {
  const config = await discover(app)
  const tokens = await oidc.clientCredentialsGrant(config, { scope: app.scope, resource: app.resource })
  return { type: tokens.token_type, scope: tokens.scope, refreshes: 'refresh_token' in tokens, seen: await oidc.tokenIntrospection(config, tokens.access_token) }
}

function discover({ issuer, clientId, clientSecret, method }, algorithm = 'oidc') {
  const authentication = { none: oidc.None, basic: oidc.ClientSecretBasic, post: oidc.ClientSecretPost }[method](clientSecret)
  return oidc.discovery(new URL(issuer), clientId, undefined, authentication, { algorithm, execute })
}

async function connect(config, { resource, scope }, { build = oidc.buildAuthorizationUrl, dpop } = {}) {
  const app = await listen()
  try {
    const [pkceCodeVerifier, expectedState, expectedNonce] = [oidc.randomPKCECodeVerifier(), oidc.randomState(), oidc.randomNonce()]
    const authorize = await build(config, {
      redirect_uri: app.redirectUri,
      scope,
      resource,
      state: expectedState,
      nonce: expectedNonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    }, dpop)
    const arrival = await app.visit(authorize)
    return await oidc.authorizationCodeGrant(config, arrival, { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true }, { resource }, dpop)
  } finally {
    app.close()
  }
}

// An MCP server answers an empty POST by 400 when it takes the token, and by 401 when it does not.
async function call(config, { resource }, tokens, dpop) {
  const answer = await oidc.fetchProtectedResource(config, tokens.access_token, new URL(resource), 'POST', '', undefined, dpop)
  return answer.status
}

const facts = (tokens) => ({
  type: tokens.token_type,
  scope: tokens.scope,
  subject: tokens.claims().sub,
  audience: tokens.claims().aud,
  email: tokens.claims().email,
})
