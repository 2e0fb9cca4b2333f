import { join } from 'node:path'
import { expect, it } from 'vitest'
import { importFrom } from '../../../../src/plan/modules/host.ts'
import { ModuleSet } from '../../../../src/plan/modules/module-set.ts'
import { graphIn } from './code-folder.ts'

const ROOT = join(import.meta.dirname, '../../../..')

function outline(exports: Readonly<Record<string, unknown>>) {
  return Object.entries(exports).map(([name, value]) =>
    typeof value === 'function' ? [name, value.name, value.length] : [name, typeof value],
  )
}

it.each(['src/index.ts', 'plans/web-service/actions.ts', 'plans/portal-office/actions.ts'])(
  'the exports of %s, whose files are many, are those that Node gives',
  async (entry) => {
    const graph = await graphIn(ROOT, entry)
    expect([graph.missing, [...graph.files.values()].filter(({ fault }) => fault)]).toEqual([
      [],
      [],
    ])
    const native = await importFrom(graph.entry)(graph.entry)
    expect(outline(await new ModuleSet(graph).load())).toEqual(outline(native))
    expect(outline(native)).not.toEqual([])
  },
)
