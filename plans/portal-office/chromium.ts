import { setTimeout } from 'node:timers/promises'
import type { Browser, BrowserType } from 'playwright-core'
import { ChromiumTab } from './chromium-tab.ts'
import type { Tab, TabOptions } from './tab.ts'

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]

/** Milliseconds that Chromium is kept for the next task; then nothing holds the process open. */
const IDLE = 1000

let running: RunningChromium | undefined

export async function openChromiumTab(
  type: BrowserType,
  program: string,
  options: TabOptions,
): Promise<Tab> {
  running ??= new RunningChromium(
    type.launch({
      executablePath: program,
      args: ARGUMENTS,
      // The runtime is told of signals itself, and stops its tasks first.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    }),
  )
  return await running.open(options)
}

/** One Chromium for all tasks of this process. */
class RunningChromium {
  readonly #browser: Promise<Browser>
  #tabs = 0
  #idle = new AbortController()

  constructor(browser: Promise<Browser>) {
    this.#browser = browser
    const forget = () => {
      if (running === this) running = undefined
    }
    // One that did not start or has crashed is of no use to the next task.
    browser.then((launched) => launched.once('disconnected', forget), forget)
  }

  async open(options: TabOptions): Promise<Tab> {
    this.#idle.abort()
    this.#tabs += 1
    try {
      const browser = await this.#browser
      options.signal.throwIfAborted()
      return await ChromiumTab.open(browser, options, () => this.#closed())
    } catch (error) {
      this.#closed()
      throw error
    }
  }

  #closed(): void {
    this.#tabs -= 1
    if (this.#tabs > 0) return
    this.#idle = new AbortController()
    void this.#endWhenIdle(this.#idle.signal)
  }

  async #endWhenIdle(signal: AbortSignal): Promise<void> {
    const idle = await setTimeout(IDLE, true, { signal }).catch(() => false)
    if (!idle) return
    if (running === this) running = undefined
    await this.#browser.then(
      (browser) => browser.close(),
      // It never started, as those who wanted it have been told.
      () => undefined,
    )
  }
}
