import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { WireAnswer } from './openapi/answer-faults.ts'

/** The blocks of a page that a reader would paste into a shell, as far as they call curl. */
export function curlBlocksOf(markdown: string): readonly string[] {
  const blocks = [...markdown.matchAll(/^```(?:sh|bash|shell)\n(.*?)^```/gms)]
  return blocks.map(([, text = '']) => text).filter((text) => /^\s*(?:\w+=\$\()?curl\b/m.test(text))
}

export interface Called {
  readonly method: string
  readonly url: URL
  readonly answer: WireAnswer
}

export interface CurlOptions {
  /** An empty folder for what the calls leave. */
  readonly folder: string
  /** Stands for the address in the examples. */
  readonly url: string
  readonly env?: Readonly<Record<string, string>>
}

/** Addresses that pages use for the reader's own server. */
const OWN = /http:\/\/(?:localhost|127\.0\.0\.1):4680/g

/**
 * Runs blocks in one shell, in which the words of one are known to the next, and tells what each
 * call of curl was answered. A stream is left after a while.
 * @throws when a command fails.
 */
export async function runCurl(
  blocks: readonly string[],
  { folder, url, env = {} }: CurlOptions,
): Promise<readonly Called[]> {
  const calls = join(folder, 'calls')
  mkdirSync(calls)
  const curl = join(folder, 'curl')
  writeFileSync(curl, RECORDER)
  chmodSync(curl, 0o755)
  const script = ['set -euo pipefail', ...blocks.map((block) => block.replaceAll(OWN, url))].join(
    '\n',
  )
  const path = `${folder}:${process.env['PATH'] ?? ''}`
  await promisify(execFile)('bash', ['-c', script], {
    cwd: folder,
    env: { ...process.env, ...env, PATH: path, CALLS: calls, RECORDER: curl },
    timeout: 50_000,
  })
  const numbers = readdirSync(calls).filter((name) => name.endsWith('.call'))
  return numbers
    .toSorted((a, b) => parseInt(a, 10) - parseInt(b, 10))
    .map((name) => toCalled(join(calls, name.replace('.call', ''))))
}

/** Stands before curl in the PATH: calls it, keeps its answer, and passes it on. */
const RECORDER = `#!/usr/bin/env bash
set -uo pipefail
number=$(($(find "$CALLS" -name '*.call' | wc -l) + 1))
to="$CALLS/$number"
PATH="\${PATH#*:}" curl --max-time 3 --show-error --silent "$@" --output "$to.body" \\
  --write-out '%{method}\\n%{url_effective}\\n%{response_code}\\n%{content_type}\\n' > "$to.call"
code=$?
cat "$to.body" 2> /dev/null
# 28: it was cut off by our own time limit, as a stream has to be.
[ "$code" -eq 28 ] && exit 0
exit "$code"
`

function toCalled(file: string): Called {
  const [method = '', url = '', status = '', type] = readFileSync(`${file}.call`, 'utf8').split(
    '\n',
  )
  const text = readFileSync(`${file}.body`, 'utf8')
  return { method, url: new URL(url), answer: { status: Number(status), type, text } }
}
