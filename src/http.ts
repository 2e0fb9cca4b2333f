export { createGateway, type GatewayOptions } from './gateway/gateway.ts'
