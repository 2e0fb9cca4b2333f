import type { Command } from 'commander'
import type { Page } from '../ports/store-messages.ts'
import type { PageRequest } from './backend/backend.ts'
import { EXIT } from './failure.ts'
import { type Io, writeJson, writeLine } from './io.ts'
import { type JsonOption, toCount } from './options.ts'
import { type Style, styleFor } from './style.ts'

export interface PagingOptions {
  readonly limit: number
  readonly cursor?: string
  readonly all?: true
}

export function addPagingOptions(command: Command): Command {
  return command
    .option('--limit <count>', 'how many', toCount, 20)
    .option('--cursor <cursor>', 'go on where the page before ended')
    .option('--all', 'every page, from the cursor on if there is one')
}

const FULL_PAGE = 500

/** What there is in one page, or with `--all` in every page. */
export async function readPages<T>(
  { limit, cursor, all }: PagingOptions,
  read: (request: PageRequest) => Promise<Page<T>>,
): Promise<Page<T>> {
  if (!all) return read({ limit, cursor })
  const items: T[] = []
  let at = cursor
  do {
    const page = await read({ limit: FULL_PAGE, cursor: at })
    items.push(...page.items)
    at = page.cursor
  } while (at !== undefined)
  return { items }
}

/** Prints a page on stdout, and on stderr that there is nothing or more; returns the exit code. */
export function writePage<T>(
  page: Page<T>,
  { json }: JsonOption,
  io: Io,
  text: {
    readonly nothing: string
    readonly format: (items: readonly T[], style: Style) => string
  },
): number {
  if (json) {
    writeJson(io.stdout, page)
    return EXIT.done
  }
  const aside = styleFor(io.stderr, io.env).dim
  if (page.items.length === 0) writeLine(io.stderr, aside(text.nothing))
  else writeLine(io.stdout, text.format(page.items, styleFor(io.stdout, io.env)))
  if (page.cursor !== undefined) {
    writeLine(io.stderr, aside(`there are more: --all, --limit COUNT, or --cursor ${page.cursor}`))
  }
  return EXIT.done
}
