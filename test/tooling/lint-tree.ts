import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'

/**
 * Lints the given files (path → text) as if they were this repository, in a temporary folder. The
 * answer names each file that breaks rules, with those rules; Biome's own failures are thrown.
 */
export function lintTree(files: Record<string, string>): Map<string, string[]> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'setpoint-lint-')))
  try {
    for (const file of ['biome.json', 'package.json', '.gitignore']) cpSync(file, join(root, file))
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    return brokenRules(root, runBiome(root))
  } finally {
    rmSync(root, { recursive: true })
  }
}

function runBiome(root: string): string {
  const { status, stdout, stderr, error } = spawnSync(
    resolve('node_modules/.bin/biome'),
    ['lint', '--reporter=github', '--max-diagnostics=none', '--diagnostic-level=error'],
    { cwd: root, encoding: 'utf8' },
  )
  if (error) throw error
  if (status !== 0 && !stdout.includes('::error')) throw new Error(`biome failed: ${stderr}`)
  return stdout
}

function brokenRules(root: string, report: string): Map<string, string[]> {
  const broken = new Map<string, Set<string>>()
  for (const [, rule = '', file = ''] of report.matchAll(/title=lint\/\w+\/(\w+),file=([^,]+)/g)) {
    const path = relative(root, resolve(root, file))
    broken.set(path, (broken.get(path) ?? new Set()).add(rule))
  }
  return new Map([...broken].map(([path, rules]) => [path, [...rules]]))
}
