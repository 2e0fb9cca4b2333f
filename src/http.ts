export { createGateway, type GatewayOptions } from './gateway/gateway.ts'
export { adminToken, anyOf, type Tokens } from './gateway/security/authentication.ts'
export {
  type StoredToken,
  StoredTokens,
  type TokenRequest,
} from './gateway/security/stored-tokens.ts'
export { type Server, serve } from './gateway/server.ts'
export type { ServeOptions } from './gateway/server-options.ts'
