import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const IMPORT = /^(?:import|export)\s(?!type\s)(?:[^'"=;]*?\sfrom\s)?['"]([^'"]+)['"]/gm

/** The files and packages that are loaded with a file, without those that are loaded when needed. */
function loadedWith(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
    if (name.startsWith('.')) loadedWith(resolve(dirname(file), name), seen)
    else seen.add(name)
  }
  return seen
}

const HTTP = /\/src\/gateway\/|^@?hono|^openapi-fetch|^prom-client|^pino/

describe('importing setpoint', () => {
  it('loads nothing of the gateway', () => {
    const loaded = [...loadedWith(resolve('src/index.ts'))]
    expect(loaded).toContain('xstate')
    expect(loaded.filter((each) => HTTP.test(each))).toEqual([])
  })
})

describe('importing setpoint/http', () => {
  it('loads the gateway', () => {
    expect([...loadedWith(resolve('src/http.ts'))]).toContain('@hono/zod-openapi')
  })
})

const DRIVERS = /^(pg|mysql2|bullmq|ioredis|rabbitmq-client|kafkajs)(\/|$)/

describe('importing what setpoint offers', () => {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    readonly exports: Record<string, { readonly default: string } | string>
  }
  const files = Object.entries(exports).flatMap(([name, target]) =>
    typeof target === 'string'
      ? []
      : [[name, target.default.replace('./dist/', '').replace(/\.js$/, '.ts')] as const],
  )

  it.each(files)('as %s loads no driver of an engine', (_, file) => {
    const loaded = [...loadedWith(resolve(file))]
    expect(loaded.filter((each) => DRIVERS.test(each))).toEqual([])
  })
})
