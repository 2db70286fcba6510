// What an application does that is put together from oauth4webapi's functions, as its manual says.
import { setTimeout } from 'node:timers/promises'
import * as oauth from 'oauth4webapi'
import { listen } from './person.mjs'

const insecure = { [oauth.allowInsecureRequests]: true }

export async function signIn(app) {
  const { server, client, authentication } = await discover(app)
  const tokens = await connect(app, server, client, authentication)
  const answer = await oauth.refreshTokenGrantRequest(server, client, authentication, tokens.refresh_token, insecure)
  const fresh = await oauth.processRefreshTokenResponse(server, client, answer)
  return { ...facts(tokens), rotated: fresh.refresh_token !== tokens.refresh_token, freshScope: fresh.scope }
}

export async function pushedRequest(app) {
  const { server, client, authentication } = await discover(app, 'oauth2')
  return facts(await connect(app, server, client, authentication, { pushed: true }))
}

export async function boundTokens(app) {
  const { server, client, authentication } = await discover(app)
  const options = { ...insecure, DPoP: oauth.DPoP(client, await oauth.generateKeyPair('ES256')) }
  const tokens = await connect(app, server, client, authentication, { pushed: true, options })
  const answer = await oauth.refreshTokenGrantRequest(server, client, authentication, tokens.refresh_token, options)
  const fresh = await oauth.processRefreshTokenResponse(server, client, answer)
  const called = await oauth.protectedResourceRequest(fresh.access_token, 'POST', new URL(app.resource), undefined, '', options)
  return { ...facts(tokens), freshType: fresh.token_type, resourceStatus: called.status }
}

export async function register(app) {
  const { server } = await discover(app)
  const metadata = {
    client_name: 'Notebook',
    redirect_uris: ['http://127.0.0.1/callback'],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: { none: 'none', basic: 'client_secret_basic' }[app.method],
  }
  const answer = await oauth.dynamicClientRegistrationRequest(server, metadata, insecure)
  const client = await oauth.processDynamicClientRegistrationResponse(answer)
  const authentication = client.client_secret ? oauth.ClientSecretBasic(client.client_secret) : oauth.None()
  const tokens = await connect(app, server, client, authentication)
  const refreshed = await oauth.refreshTokenGrantRequest(server, client, authentication, tokens.refresh_token, insecure)
  const fresh = await oauth.processRefreshTokenResponse(server, client, refreshed)
  return { ...facts(tokens), freshScope: fresh.scope }
}

export async function userInfo(app) {
  const { server, client, authentication } = await discover(app)
  const tokens = await connect(app, server, client, authentication)
  const { sub } = oauth.getValidatedIdTokenClaims(tokens)
  const ask = async (token, options) => oauth.processUserInfoResponse(server, client, sub, await oauth.userInfoRequest(server, client, token, options))
  const person = await ask(tokens.access_token, insecure)
  const options = { ...insecure, DPoP: oauth.DPoP(client, await oauth.generateKeyPair('ES256')) }
  const bound = await connect(app, server, client, authentication, { options })
  return { ...facts(tokens), told: person.email, toldAgain: (await ask(bound.access_token, options)).email }
}

export async function endConnection(app) {
  const { server, client, authentication } = await discover(app)
  const tokens = await connect(app, server, client, authentication)
  const introspect = async () => oauth.processIntrospectionResponse(
    server, client, await oauth.introspectionRequest(server, client, authentication, tokens.access_token, insecure))
  const before = await introspect()
  await oauth.processRevocationResponse(await oauth.revocationRequest(server, client, authentication, tokens.refresh_token, insecure))
  const after = await introspect()
  const answer = await oauth.refreshTokenGrantRequest(server, client, authentication, tokens.refresh_token, insecure)
  const error = await oauth.processRefreshTokenResponse(server, client, answer).catch((e) => e.error)
  return { ...facts(tokens), before, after, error }
}

export async function clientCredentials(app) {
  const { server, client, authentication } = await discover(app)
  const answer = await oauth.clientCredentialsGrantRequest(server, client, authentication, { scope: app.scope, resource: app.resource }, insecure)
  const tokens = await oauth.processClientCredentialsResponse(server, client, answer)
  const seen = await oauth.processIntrospectionResponse(
    server, client, await oauth.introspectionRequest(server, client, authentication, tokens.access_token, insecure))
  return { type: tokens.token_type, scope: tokens.scope, refreshes: 'refresh_token' in tokens, seen }
}

export async function device(app) {
  const { server, client, authentication } = await discover(app)
  const parameters = { scope: app.scope, resource: app.resource }
  const answer = await oauth.deviceAuthorizationRequest(server, client, authentication, parameters, insecure)
  const started = await oauth.processDeviceAuthorizationResponse(server, client, answer)
  console.log(`open ${started.verification_uri_complete}`)
  const tokens = await poll(server, client, authentication, started, started.interval ?? 5)
  const refreshed = await oauth.refreshTokenGrantRequest(server, client, authentication, tokens.refresh_token, insecure)
  const fresh = await oauth.processRefreshTokenResponse(server, client, refreshed)
  return { ...facts(tokens), freshScope: fresh.scope }
}

async function poll(server, client, authentication, started, seconds) {
  await setTimeout(seconds * 1000)
  try {
    const answer = await oauth.deviceCodeGrantRequest(server, client, authentication, started.device_code, insecure)
    return await oauth.processDeviceCodeResponse(server, client, answer)
  } catch (error) {
    if (error.error === 'authorization_pending') return poll(server, client, authentication, started, seconds)
    if (error.error === 'slow_down') return poll(server, client, authentication, started, seconds + 5)
    throw error
  }
}

// The other side: a resource that reads our access tokens with this library (RFC 9068).
export async function resourceServer(app) {
  const { server, client, authentication } = await discover(app)
  const tokens = await connect(app, server, client, authentication)
  const request = new Request(app.resource, { headers: { Authorization: `Bearer ${tokens.access_token}` } })
  const claims = await oauth.validateJwtAccessToken(server, request, app.resource, insecure)
  return { ...facts(tokens), accessSubject: claims.sub, accessClient: claims.client_id, accessScope: claims.scope }
}

async function discover({ issuer, clientId, clientSecret, method }, algorithm = 'oidc') {
  const authentication = { none: oauth.None, basic: oauth.ClientSecretBasic, post: oauth.ClientSecretPost }[method](clientSecret)
  const answer = await oauth.discoveryRequest(new URL(issuer), { ...insecure, algorithm })
  const server = await oauth.processDiscoveryResponse(new URL(issuer), answer)
  return { server, client: { client_id: clientId }, authentication }
}

async function connect({ resource, scope }, server, client, authentication, { pushed, options = insecure } = {}) {
  const app = await listen()
  try {
    const [verifier, state, nonce] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomState(), oauth.generateRandomNonce()]
    let parameters = new URLSearchParams({
      client_id: client.client_id,
      response_type: 'code',
      redirect_uri: app.redirectUri,
      scope,
      resource,
      state,
      nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    if (pushed) {
      const { request_uri } = await retried(async () =>
        oauth.processPushedAuthorizationResponse(server, client, await oauth.pushedAuthorizationRequest(server, client, authentication, parameters, options)))
      parameters = new URLSearchParams({ client_id: client.client_id, request_uri })
    }
    const arrival = await app.visit(`${server.authorization_endpoint}?${parameters}`)
    const answer = oauth.validateAuthResponse(server, client, arrival, state)
    return await retried(async () => {
      const response = await oauth.authorizationCodeGrantRequest(server, client, authentication, answer, app.redirectUri, verifier, options)
      const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, { expectedNonce: nonce, requireIdToken: true })
      await oauth.validateApplicationLevelSignature(server, response, insecure) // of the ID token
      return tokens
    })
  } finally {
    app.close()
  }
}

// The server may ask for a nonce in the proof; this library leaves the second try to its user.
async function retried(request) {
  try {
    return await request()
  } catch (error) {
    if (oauth.isDPoPNonceError(error)) return request()
    throw error
  }
}

function facts(tokens) {
  const claims = oauth.getValidatedIdTokenClaims(tokens)
  return { type: tokens.token_type, scope: tokens.scope, subject: claims.sub, audience: claims.aud, email: claims.email }
}
