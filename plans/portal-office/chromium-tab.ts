import type { Browser, BrowserContext, Page as BrowserPage, Response } from 'playwright-core'
import { sizeOf } from './content-range.ts'
import type { Cookie, Page, Piece, Tab, TabOptions } from './tab.ts'

/** Milliseconds for one page. */
const PATIENCE = 10_000

/** A tab with cookies of its own in a running Chromium. An abort closes it, whatever it is doing. */
export class ChromiumTab implements Tab {
  readonly engine = 'chromium'
  readonly #context: BrowserContext
  readonly #page: BrowserPage
  readonly #options: TabOptions
  readonly #closed: () => void
  readonly #abort = () => void this.#context.close()

  static async open(browser: Browser, options: TabOptions, closed: () => void): Promise<Tab> {
    const context = await browser.newContext({ baseURL: options.url })
    context.setDefaultTimeout(PATIENCE)
    const { cookie, url } = options
    if (cookie !== undefined) await context.addCookies([{ ...cookie, url }])
    return new ChromiumTab(context, await context.newPage(), options, closed)
  }

  private constructor(
    context: BrowserContext,
    page: BrowserPage,
    options: TabOptions,
    closed: () => void,
  ) {
    this.#context = context
    this.#page = page
    this.#options = options
    this.#closed = closed
    options.signal.addEventListener('abort', this.#abort, { once: true })
    if (options.signal.aborted) this.#abort()
  }

  async goto(path: string): Promise<Page> {
    return await this.#unlessAborted(async () => this.#read(await this.#page.goto(path)))
  }

  async fill(field: string, value: string): Promise<void> {
    await this.#unlessAborted(() => this.#page.fill(`[name="${field}"]`, value))
  }

  async click(label: string): Promise<Page> {
    return await this.#unlessAborted(async () => {
      const page = this.#page
      const link = page.getByRole('link', { name: label, exact: true })
      const target = link.or(page.getByRole('button', { name: label, exact: true }))
      const [response] = await Promise.all([page.waitForNavigation(), target.click()])
      return this.#read(response)
    })
  }

  async download(path: string, from: number, to: number): Promise<Piece> {
    return await this.#unlessAborted(async () => {
      const headers = { range: `bytes=${from}-${to}` }
      // It has the cookies of the tab. As long as the task may take: the signal ends it.
      const response = await this.#context.request.get(path, { headers, timeout: 0 })
      const size = sizeOf(response.headers()['content-range'])
      return { status: response.status(), bytes: await response.body(), size }
    })
  }

  async cookie(): Promise<Cookie | undefined> {
    const [cookie] = await this.#unlessAborted(() => this.#context.cookies())
    return cookie && { name: cookie.name, value: cookie.value }
  }

  async close(): Promise<void> {
    this.#options.signal.removeEventListener('abort', this.#abort)
    try {
      await this.#context.close()
    } finally {
      this.#closed()
    }
  }

  async #read(response: Response | null): Promise<Page> {
    const notice = this.#page.getByRole('status')
    return {
      status: response?.status() ?? 0,
      title: (await this.#page.locator('h1').textContent()) ?? '',
      notice: (await notice.count()) === 0 ? '' : ((await notice.textContent()) ?? ''),
    }
  }

  /** A closed tab says that it is closed: what matters is why. */
  async #unlessAborted<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      this.#options.signal.throwIfAborted()
      throw error
    }
  }
}
