// Reads as much HTML as the portal writes; it is no parser for pages of others.

export function findHref(markup: string, label: string): string | undefined {
  for (const [, href, text] of markup.matchAll(/<a href="([^"]*)">([^<]*)<\/a>/g)) {
    if (plain(text) === label) return href
  }
  return undefined
}

export interface Form {
  readonly action: string
  readonly fields: readonly string[]
}

/** The form that has the button. */
export function findForm(markup: string, button: string): Form | undefined {
  for (const [, action = '', inner = ''] of markup.matchAll(
    /<form method="post" action="([^"]*)">(.*?)<\/form>/gs,
  )) {
    if (plain(/<button>([^<]*)<\/button>/.exec(inner)?.[1]) === button) {
      return { action, fields: fieldsOf(inner) }
    }
  }
  return undefined
}

export function hasField(markup: string, name: string): boolean {
  return fieldsOf(markup).includes(name)
}

export function readPage(markup: string): { readonly title: string; readonly notice: string } {
  return {
    title: plain(/<h1>([^<]*)<\/h1>/.exec(markup)?.[1]),
    notice: plain(/<p role="status">([^<]*)<\/p>/.exec(markup)?.[1]),
  }
}

function fieldsOf(markup: string): string[] {
  return [...markup.matchAll(/<input name="([^"]*)"/g)].map(([, name = '']) => name)
}

const CHARACTERS: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
}

function plain(text = ''): string {
  return text.replaceAll(/&\w+;/g, (entity) => CHARACTERS[entity] ?? entity)
}
