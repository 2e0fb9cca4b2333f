import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

type Random = () => number

function seed(path: string): string {
  return readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8')
}

const STEPS = `setpoint: 1
name: steps
resources: { disk: 2 }
tasks:
  prune: prune
  backup:
    title: Nightly backup
    resources: [disk]
    input: { type: object, properties: { folder: { type: string }, keep: { type: integer } }, required: [folder] }
    steps:
      - { id: tables, run: listTables }
      - { id: dump, each: "\${{ steps.tables.output }}", parallel: 2, run: dumpTable, with: { table: "\${{ item }}" }, retry: { attempts: 2 } }
      - parallel:
          - { run: checksum }
          - { run: notify, if: "\${{ size(steps.tables.output) > 10 }}", onError: continue }
      - { waitFor: { event: approved, timeout: 1h } }
      - { task: prune, with: { keep: "\${{ input.keep }}" } }
    output: { files: "\${{ size(steps.dump.output) }}" }
schedules:
  nightly: { task: backup, cron: "0 3 * * *", timezone: Europe/Berlin, input: { folder: ./b }, misfire: last }
  on-push: { task: prune, on: "deploy.**" }
`

const PLANS = [
  seed('test/fixtures/plans/web-service/plan.yaml'),
  seed('plans/web-service/plan.yaml'),
  seed('plans/portal-office/plan.yaml'),
  seed('plans/gpu-box/plan.yaml'),
  STEPS,
]

const MARKS = [
  ...[
    '[',
    '{',
    '}',
    ']',
    '&a ',
    '*a',
    '!!x ',
    '? ',
    '- ',
    ': ',
    '\n',
    '\t',
    '"',
    '|\n',
    '%YAML 9\n',
  ],
  ...[
    '#',
    'null',
    '.inf',
    '1e999',
    '-0',
    '__proto__: ',
    'constructor: ',
    '<<: ',
    '../../etc/passwd',
  ],
  ...[
    '${{',
    '}}',
    '${{ item }}',
    '${{ (a+)+$ }}',
    '\u0000',
    '\ud800',
    '\u2028',
    '😀',
    '---\n',
    '...\n',
  ],
  ...['9'.repeat(400), '[['.repeat(40), '/dev/zero', 'file:///etc/passwd', '(?=a)', '(a|a)*$'],
]

function pick<T>(random: Random, from: readonly T[]): T {
  const one = from[Math.floor(random() * from.length)]
  if (one === undefined) throw new Error('there is nothing to pick from')
  return one
}

/** A text with a few cuts, repetitions and insertions. */
function mutate(text: string, marks: readonly string[], random: Random): string {
  let result = text
  for (let edits = 1 + Math.floor(random() ** 2 * 5); edits > 0; edits--) {
    const at = Math.floor(random() * result.length)
    const cut = Math.floor(random() ** 3 * 60)
    const insert = random() < 0.7 ? pick(random, marks) : result.slice(at, at + 80)
    result = result.slice(0, at) + insert + result.slice(at + cut)
  }
  return result
}

/** Texts that are made to be expensive or harmful, of a random size. */
const BOMBS: readonly ((size: number) => string)[] = [
  (size) => `a: &a [x]\n${'b: &b [*a, *a, *a]\n'.repeat(Math.min(size, 900))}`,
  (size) =>
    Array.from(
      { length: Math.min(size, 40) },
      (_, n) => `a${n}: &a${n} [${`*a${n - 1},`.repeat(9)}]`,
    )
      .join('\n')
      .replaceAll('*a-1', '1'),
  (size) => '['.repeat(size),
  (size) => '{"a":'.repeat(size),
  (size) => '- '.repeat(size),
  (size) => `setpoint: 1\nname: ${'x'.repeat(size)}\ntasks: {}\n`,
  (size) => `{"setpoint": 1, "name": "x", "tasks": {"__proto__": ${'9'.repeat(size)}}}`,
  (size) =>
    `setpoint: 1\nname: x\nactions: ${'../'.repeat(size % 99)}etc/passwd\ntasks: { a: b }\n`,
  (size) =>
    `setpoint: 1\nname: x\ntasks:\n${Array.from({ length: size % 900 }, (_, n) => ` t${n}: { run: r, requires: [x] }\n`).join('')}`,
  (size) => '!a '.repeat(size),
  (size) => '"\\x'.repeat(size),
  (size) => `a: ${'|\n  '.repeat(size)}`,
]

/** A text that is a plan, nearly one, or none at all; in YAML or JSON. */
export function junkPlan(random: Random): string {
  const kind = random()
  if (kind < 0.04) return pick(random, BOMBS)(Math.floor(random() ** 4 * 60_000) + 1)
  if (kind < 0.2) {
    return Array.from({ length: Math.floor(random() * 60) }, () => pick(random, MARKS)).join('')
  }
  return mutate(pick(random, PLANS), MARKS, random)
}

const EXPRESSIONS = [
  'size(steps.tables.output) > 10',
  'input.list.filter(x, x > 2).map(y, string(y)).join(",")',
  'has(input.a.b) && !("x" in input.map) || failed()',
  'input.text.matches("^(a+)+$")',
  'input.?a.?b.orValue({"n": [1, 2.5, null]})',
  'input.list.exists(x, x / input.n == 1) ? "yes" : json(input)',
  'input.text + input.text.substring(1, 2).upperAscii()',
  'steps["tables"].output[0] == input.list[input.n]',
]

const TOKENS = [
  ...[
    'input',
    'steps',
    'item',
    'constructor',
    '__proto__',
    'x',
    '"a"',
    "'b'",
    '1',
    '2.5',
    '0x1f',
    '1e9',
  ],
  ...[
    'null',
    'true',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '.',
    ',',
    '?',
    ':',
    '.?',
    '[?',
    '!',
    '-',
    '+',
    '*',
  ],
  ...[
    '/',
    '%',
    '==',
    '<',
    'in',
    '&&',
    '||',
    '.map(x, ',
    '.all(y, ',
    '.matches("(a*)*b")',
    'size(',
    '"',
  ],
  ...[
    '"""',
    'r"',
    '\\',
    '//',
    '9999999999999999999',
    '.join(',
    '.split("")',
    'json(',
    'has(',
    '\n',
    '😀',
  ],
]

/** A text between `${{` and `}}`, mostly of the kind that nobody should write. */
export function junkExpression(random: Random): string {
  if (random() < 0.5) return mutate(pick(random, EXPRESSIONS), TOKENS, random)
  const length = Math.floor(random() ** 2 * (random() < 0.02 ? 2000 : 30))
  return Array.from({ length }, () => pick(random, TOKENS)).join(random() < 0.5 ? ' ' : '')
}
