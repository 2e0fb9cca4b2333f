import { sizeOf } from './content-range.ts'
import { findForm, findHref, hasField, readPage } from './markup.ts'
import type { Cookie, Page, Piece, Tab, TabOptions } from './tab.ts'

/** As much of a browser as the portal needs: pages, links, forms and one cookie. */
export class HttpTab implements Tab {
  readonly engine = 'http'
  readonly #options: TabOptions
  #cookie: Cookie | undefined
  #markup = ''
  readonly #filled = new Map<string, string>()

  constructor(options: TabOptions) {
    this.#options = options
    this.#cookie = options.cookie
  }

  async goto(path: string): Promise<Page> {
    return await this.#load(path)
  }

  async fill(field: string, value: string): Promise<void> {
    if (!hasField(this.#markup, field)) throw new Error(`the page has no field "${field}"`)
    this.#filled.set(field, value)
  }

  async click(label: string): Promise<Page> {
    const href = findHref(this.#markup, label)
    if (href !== undefined) return await this.#load(href)
    const form = findForm(this.#markup, label)
    if (form === undefined) throw new Error(`the page has no link and no button "${label}"`)
    const body = new URLSearchParams()
    for (const name of form.fields) body.set(name, this.#filled.get(name) ?? '')
    return await this.#load(form.action, { method: 'POST', body })
  }

  async download(path: string, from: number, to: number): Promise<Piece> {
    const response = await this.#fetch(path, { headers: { range: `bytes=${from}-${to}` } })
    const bytes = Buffer.from(await response.arrayBuffer())
    return { status: response.status, bytes, size: sizeOf(response.headers.get('content-range')) }
  }

  async cookie(): Promise<Cookie | undefined> {
    return this.#cookie
  }

  async close(): Promise<void> {
    this.#filled.clear()
  }

  async #load(path: string, init: RequestInit = {}): Promise<Page> {
    const response = await this.#fetch(path, init)
    const location = response.headers.get('location')
    if (location !== null) {
      await response.body?.cancel()
      return await this.#load(location)
    }
    this.#markup = await response.text()
    this.#filled.clear()
    return { status: response.status, ...readPage(this.#markup) }
  }

  /** Redirects are followed by hand, because they bring the cookie. */
  async #fetch(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers)
    if (this.#cookie !== undefined)
      headers.set('cookie', `${this.#cookie.name}=${this.#cookie.value}`)
    const { url, signal } = this.#options
    const response = await fetch(url + path, { ...init, headers, signal, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) this.#keep(line)
    return response
  }

  #keep(line: string): void {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    this.#cookie = name === undefined || !value ? undefined : { name, value }
  }
}
