import { existsSync } from 'node:fs'
import { openChromiumTab } from './chromium.ts'
import { HttpTab } from './http-tab.ts'
import type { Tab, TabOptions } from './tab.ts'

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/**
 * A tab of Chromium where playwright-core and a Chromium are installed, else plain HTTP.
 * `SETPOINT_CHROMIUM` says where Chromium is; empty, it says not to use any.
 */
export async function openTab(options: TabOptions): Promise<Tab> {
  const program = chromiumProgram()
  const playwright = program === undefined ? undefined : await findPlaywright()
  if (program === undefined || playwright === undefined) return new HttpTab(options)
  return await openChromiumTab(playwright.chromium, program, options)
}

function chromiumProgram(): string | undefined {
  const named = process.env['SETPOINT_CHROMIUM']
  if (named === undefined) return PLACES.find((place) => existsSync(place))
  if (named !== '' && !existsSync(named)) throw new Error(`SETPOINT_CHROMIUM: there is no ${named}`)
  return named === '' ? undefined : named
}

/** Undefined: it is not installed, which is nobody's fault. */
async function findPlaywright() {
  try {
    return await import('playwright-core')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') {
      return undefined
    }
    throw error
  }
}
