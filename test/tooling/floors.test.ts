import { globSync, readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { lintTree } from './lint-tree.ts'

/** Every folder of the house: what it may import, and neighbours that it may not. */
const floors: Record<string, { may: string[]; mayNot: string[] }> = {
  'src/core': {
    may: ['./errors.ts', 'node:crypto'],
    mayNot: ['../ports/clock.ts', '../runtime/runtime.ts', 'node:fs', 'xstate', 'zod'],
  },
  'src/ports': {
    may: ['./clock.ts', '../core/tasklet.ts'],
    mayNot: ['../plan/model.ts', '../../machines/queue.ts', '../stores/moves.ts', 'node:fs'],
  },
  'src/plan': {
    may: ['../core/errors.ts', 'node:path', 'xstate', 'yaml', 'zod'],
    mayNot: ['../ports/store.ts', '../planning/path.ts', '@xstate/graph', 'node:sqlite'],
  },
  'src/plan/expressions': {
    may: ['../nearest.ts', '../../core/errors.ts', '@marcbachmann/cel-js', 're2js'],
    mayNot: ['../../ports/store.ts', 'croner', 'acorn', 'chokidar'],
  },
  'src/plan/schedules': {
    may: ['../expressions/compile.ts', 'croner'],
    mayNot: ['../../ports/clock.ts', '@marcbachmann/cel-js', 'acorn'],
  },
  'src/plan/modules': {
    may: ['../folder.ts', 'node:vm', 'acorn'],
    mayNot: ['../../runtime/runtime.ts', 'croner', 're2js'],
  },
  'src/plan/steps': {
    may: ['../expressions/compile.ts', '../../core/errors.ts', 'xstate'],
    mayNot: ['../../planning/path.ts', '@marcbachmann/cel-js', 'croner', 'acorn'],
  },
  machines: {
    may: ['./events.ts', '../src/core/tasklet.ts', '../src/ports/store.ts', 'xstate'],
    mayNot: ['../src/plan/model.ts', '../src/runtime/runtime.ts', 'node:fs', '@xstate/graph'],
  },
  'src/planning': {
    may: ['../core/errors.ts', '../plan/model.ts', '../ports/clock.ts', '@xstate/graph', 'xstate'],
    mayNot: ['../stores/moves.ts', '../../machines/queue.ts', '../runtime/runtime.ts', 'yaml'],
  },
  'src/stores/sqlite': {
    may: ['../values.ts', '../../core/tasklet.ts', '../../ports/store.ts', 'node:sqlite'],
    mayNot: ['../memory/store.ts', '../../runtime/runtime.ts', '../../plan/model.ts', 'xstate'],
  },
  'src/stores/memory': {
    may: ['../values.ts', '../../core/tasklet.ts', '../../ports/store.ts'],
    mayNot: ['../sqlite/store.ts', '../../dispatch/bus.ts', 'node:sqlite'],
  },
  'src/dispatch/redis': {
    may: ['../../core/events.ts', '../../ports/dispatch.ts'],
    mayNot: ['../kafka/bus.ts', '../../stores/moves.ts', '../../runtime/runtime.ts'],
  },
  'src/runtime': {
    may: [
      '../ports/store.ts',
      '../plan/model.ts',
      '../planning/path.ts',
      '../../machines/queue.ts',
    ].concat(['../core/errors.ts', 'xstate', 'eventemitter3', 'tinypool', 'zod']),
    mayNot: ['../stores/memory/store.ts', '../gateway/routes.ts', '../cli/run.ts'].concat([
      '@xstate/graph',
      'yaml',
      'commander',
      'chokidar',
      'node:sqlite',
    ]),
  },
  'src/runtime/grants': {
    may: [
      '../clock.ts',
      '../worlds/worlds.ts',
      '../../core/errors.ts',
      '../../ports/store.ts',
    ].concat([
      '../../plan/model.ts',
      '../../planning/path.ts',
      '../../../machines/queue.ts',
      'xstate',
    ]),
    mayNot: ['../../index.ts', '../../stores/memory/store.ts', '../../gateway/routes.ts'].concat([
      '../../stores/selection.ts',
      '../../../plans/web-service/actions.ts',
      'node:sqlite',
    ]),
  },
  'src/gateway': {
    may: ['../core/tasklet.ts', '../plan/model.ts', '../runtime/runtime.ts', 'hono', 'zod'],
    mayNot: [
      '../inspect/inspector.ts',
      '../stores/memory/store.ts',
      '../cli/run.ts',
      'prom-client',
    ],
  },
  'src/gateway/routes': {
    may: ['../problem.ts', '../security/scopes.ts', '../../runtime/runtime.ts', 'hono'],
    mayNot: ['../../telemetry/metrics.ts', '../../stores/memory/store.ts', '../../cli/run.ts'],
  },
  'src/telemetry': {
    may: [
      '../core/tasklet.ts',
      '../runtime/runtime.ts',
      'pino',
      'prom-client',
      '@opentelemetry/api',
    ],
    mayNot: ['../gateway/routes.ts', '../stores/memory/store.ts', 'hono'],
  },
  'src/inspect': {
    may: ['../core/errors.ts', '../runtime/runtime.ts'],
    mayNot: ['../gateway/routes.ts', '../cli/run.ts'],
  },
  'src/testing/store-contract': {
    may: ['../clock.ts', '../../runtime/runtime.ts', '../../stores/memory/store.ts', 'vitest'],
    mayNot: ['../../stores/sqlite/store.ts', '../../gateway/routes.ts', '../../cli/run.ts'],
  },
  'src/dashboard': {
    may: ['../core/tasklet.ts'],
    mayNot: ['../runtime/runtime.ts', '../gateway/routes.ts', 'node:fs'],
  },
  'src/cli': {
    may: [
      '../runtime/runtime.ts',
      '../stores/sqlite/store.ts',
      '../plan/load.ts',
      'commander',
    ].concat(['ora', 'picocolors', 'node:process']),
    mayNot: ['../dashboard/app.ts', '@xstate/graph', 'eventemitter3', 'yaml', 'node:sqlite'].concat(
      ['croner', 'chokidar'],
    ),
  },
  src: {
    may: ['./runtime/runtime.ts', './stores/sqlite/store.ts'],
    mayNot: ['./cli/run.ts', 'xstate', 'node:fs'],
  },
  'plans/web-service': {
    may: ['./intake.ts', 'node:sqlite', 'setpoint'],
    mayNot: ['../../src/plan/handler.ts', '../../machines/queue.ts', '../../test/support/kiln.ts'],
  },
  'src/a-new-folder': { may: ['./beside.ts'], mayNot: ['../core/errors.ts', 'xstate'] },
}

const imports = Object.entries(floors).flatMap(([folder, { may, mayNot }]) => [
  ...may.map((source) => ({ folder, source, verdict: 'may' })),
  ...mayNot.map((source) => ({ folder, source, verdict: 'may not' })),
])

const fileOf = ({ folder, source }: { folder: string; source: string }) =>
  `${folder}/imports-${source.replace(/\W+/g, '-').replace(/^-/, '')}.ts`

describe('a folder imports only from floors below it', () => {
  let broken: Map<string, string[]>

  beforeAll(() => {
    const text = (source: string) => `import type { X } from '${source}'\n\nexport type Y = X\n`
    broken = lintTree(Object.fromEntries(imports.map((it) => [fileOf(it), text(it.source)])))
  })

  test.each(imports)('$folder $verdict import $source', (it) => {
    const expected = it.verdict === 'may' ? undefined : ['noRestrictedImports']
    expect(broken.get(fileOf(it))).toEqual(expected)
  })
})

test('an import cannot climb by another spelling', () => {
  const broken = lintTree({
    'src/core/value.ts': "import { run } from '../runtime/run.ts'\n\nexport const a = run\n",
    'src/core/late.ts': "export const late = import('../runtime/run.ts')\n",
    'src/core/passed-on.ts': "export { run } from '../runtime/run.ts'\n",
    'src/core/all.ts': "export * from '../runtime/run.ts'\n",
    'src/core/effect.ts': "import '../runtime/run.ts'\n",
  })

  expect([...broken.keys()].sort()).toEqual(
    ['all', 'effect', 'late', 'passed-on', 'value'].map((name) => `src/core/${name}.ts`),
  )
  for (const rules of broken.values()) expect(rules).toContain('noRestrictedImports')
})

describe('what the linter cannot see', () => {
  const sources = globSync('{src,machines}/**/*.ts').map((path) => ({
    path,
    text: readFileSync(path, 'utf8'),
  }))

  test('there are sources to look at', () => {
    expect(sources.length).toBeGreaterThan(0)
  })

  test('no type hides an import that its file does not declare', () => {
    const hidden = sources.filter(({ text }) =>
      /\bimport\('[^']+'\)\s*(\[|\.(?!then\b))/.test(text),
    )
    expect(hidden.map(({ path }) => path)).toEqual([])
  })

  test('machines import ports only as types', () => {
    const machines = sources.filter(({ path }) => path.startsWith('machines/'))
    const joined = machines.filter(({ text }) => /^import (?!type)[^']*'[^']*\/ports\//m.test(text))
    expect(joined.map(({ path }) => path)).toEqual([])
  })
})
