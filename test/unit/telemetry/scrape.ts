const SAMPLE = /^([a-z_][a-z0-9_]*(?:\{(?:[a-z_]+="(?:[^"\\]|\\.)*",?)*\})?) (\S+)$/
const TYPE = /^# TYPE (\S+) (\S+)$/

/** What a scrape says, by the text of each sample's name and labels; refuses what is no sample. */
export function parseScrape(text: string) {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('# HELP '))
  const types = pairsOf(
    lines.filter((line) => line.startsWith('#')).map((line) => match(TYPE, line)),
  )
  const samples = lines.filter((line) => !line.startsWith('#')).map((line) => match(SAMPLE, line))
  const values = Object.entries(pairsOf(samples)).map(([key, value]) => [key, Number(value)])
  return { types, values: Object.fromEntries(values) as Record<string, number> }
}

function match(form: RegExp, line: string): readonly [string, string] {
  const [, key, value] = form.exec(line) ?? []
  if (key === undefined || value === undefined) throw new TypeError(`no sample: ${line}`)
  return [key, value]
}

function pairsOf(pairs: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  const found = Object.fromEntries(pairs)
  if (Object.keys(found).length !== pairs.length) throw new TypeError('a sample comes twice')
  return found
}
