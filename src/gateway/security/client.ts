import type { Context } from 'hono'

/** What node-server hands over with a request; elsewhere there is nothing of it. */
interface NodeBindings {
  readonly incoming?: { readonly socket?: { readonly remoteAddress?: string | undefined } }
  readonly outgoing?: { destroy(): unknown }
}

/**
 * Where a request comes from. `proxies`: how many proxies of one's own stand before the server; as
 * many addresses at the end of X-Forwarded-For are true, whoever wrote the others.
 */
export function clientAddress(context: Context, proxies: number): string {
  if (proxies > 0) {
    const forwarded = context.req.header('x-forwarded-for')?.split(',') ?? []
    const address = forwarded.at(-proxies)?.trim()
    if (address !== undefined && address !== '' && address.length <= 64) return address
  }
  return bindings(context).incoming?.socket?.remoteAddress ?? 'unknown'
}

/** Ends the connection at once, with what was not sent yet; where there is none it does nothing. */
export function cutConnection(context: Context): void {
  bindings(context).outgoing?.destroy()
}

function bindings(context: Context): NodeBindings {
  return (context.env ?? {}) as NodeBindings
}
