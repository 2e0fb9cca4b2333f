export { type Client, type ClientOptions, createClient } from './gateway/client/client.ts'
export { ConnectionError, ProblemError } from './gateway/client/problem-error.ts'
export type { EventsOptions, Loss, ServerEvent } from './gateway/client/server-events.ts'
export type { CallOptions } from './gateway/client/transport.ts'
export { createGateway, type GatewayOptions } from './gateway/gateway.ts'
export { adminToken, anyOf, type Tokens } from './gateway/security/authentication.ts'
export {
  type StoredToken,
  StoredTokens,
  type TokenRequest,
} from './gateway/security/stored-tokens.ts'
export { type Server, serve } from './gateway/server.ts'
export type { ServeOptions } from './gateway/server-options.ts'
