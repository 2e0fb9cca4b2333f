import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os'

export type Environment = readonly (readonly [name: string, value: string])[]

/** Of the product's own tree. The drivers are the same versions in both. */
const OURS = ['xstate', '@xstate/graph', 'mysql2', 'rabbitmq-client']
const THEIRS = ['p-queue', 'pg-boss', 'graphile-worker', 'bullmq', 'pg', 'ioredis']

/** What ran, and on what. */
export function describeEnvironment(): Environment {
  const [load = 0] = loadavg()
  return [
    ['Date', new Date().toISOString().slice(0, 10)],
    ['Commit', describeCommit()],
    [
      'Processor',
      `${cpus()[0]?.model.trim() || 'unknown'}, ${availableParallelism()} cores in use`,
    ],
    ['Memory', `${Math.round(totalmem() / 2 ** 30)} GiB`],
    ['System', `${platform()} ${release()}`],
    ['Load at the start', load.toFixed(2)],
    ['Node', process.version],
    ...OURS.map((name) => [name, versionOf(`../../node_modules/${name}`)] as const),
    ...THEIRS.map((name) => [name, versionOf(`./node_modules/${name}`)] as const),
  ]
}

function versionOf(folder: string): string {
  const file = new URL(`${folder}/package.json`, import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version
}

function describeCommit(): string {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8' }).trim()
  try {
    const changed = git('status', '--porcelain', '--', '../../src', '../../machines') !== ''
    return `${git('rev-parse', '--short', 'HEAD')}${changed ? ' with uncommitted changes' : ''}`
  } catch {
    // A copy without its history, or a machine without git, can be measured all the same.
    return 'unknown'
  }
}
