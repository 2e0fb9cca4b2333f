import type { Command } from 'commander'
import { formatDuration } from '../../core/duration.ts'
import type { PlanView } from '../backend/backend.ts'
import { withBackend } from '../backend/connect.ts'
import { EXIT } from '../failure.ts'
import { type Io, writeJson, writeLine } from '../io.ts'
import {
  databaseOption,
  type JsonOption,
  jsonOption,
  type PlansOption,
  plansOption,
  type TargetOption,
  urlOption,
} from '../options.ts'
import { type Style, styleFor } from '../style.ts'
import { formatTable } from '../table.ts'
import type { CommandContext } from './context.ts'

type ShowOptions = PlansOption & TargetOption & JsonOption

export function addPlanShow(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('show')
    .description('list the tasks of a plan, what they require, and the resources')
    .argument('[plan]', 'the name of a plan; every plan unless given')
    .addOption(plansOption())
    .addOption(databaseOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (name: string | undefined, options: ShowOptions) =>
      end(await showPlans(name, options, io)),
    )
}

const EXAMPLES = `
Examples:
  $ setpoint plan show
  $ setpoint plan show web-service --json
`

async function showPlans(name: string | undefined, options: ShowOptions, io: Io): Promise<number> {
  const shown = await withBackend(options, io, async ({ plans }) =>
    name === undefined ? plans.list() : [await plans.get(name)],
  )
  if (options.json) {
    const data = shown.map(toData)
    writeJson(io.stdout, name === undefined ? { items: data } : data[0])
  } else {
    const style = styleFor(io.stdout, io.env)
    writeLine(io.stdout, shown.map((plan) => describe(plan, style)).join('\n\n'))
  }
  return EXIT.done
}

function describe(plan: PlanView, style: Style): string {
  const resources = Object.entries(plan.resources).map(([name, units]) => `${name} ${units}`)
  const columns = [
    { title: 'task', style: style.bold },
    { title: 'requires' },
    { title: 'resources' },
    { title: 'timeout', align: 'right' },
    { title: 'attempts', align: 'right' },
    { title: 'title', style: style.dim },
  ] as const
  return [
    `${style.bold(plan.name)}  ${style.dim(`version ${plan.version.slice(0, 8)}`)}`,
    ...(plan.description === undefined ? [] : [plan.description]),
    ...(resources.length === 0 ? [] : [`resources: ${resources.join(', ')}`]),
    '',
    formatTable(columns, plan.tasks.map(toRow), style.dim),
  ].join('\n')
}

function toRow({
  name,
  requires,
  resources,
  timeout,
  retry,
  title,
}: PlanView['tasks'][number]): readonly string[] {
  const units = Object.entries(resources).map(([resource, count]) => `${resource} ${count}`)
  return [
    name,
    requires.join(' | ') || '-',
    units.join(', ') || '-',
    timeout === undefined ? '-' : formatDuration(timeout),
    String(retry.attempts),
    title ?? '',
  ]
}

function toData({ name, version, description, folder, resources, tasks }: PlanView) {
  return {
    name,
    version,
    description: description ?? null,
    folder: folder ?? null,
    resources,
    tasks: tasks.map((task) => ({
      name: task.name,
      title: task.title ?? null,
      requires: task.requires,
      resources: task.resources,
      timeout: task.timeout ?? null,
      retry: task.retry,
      tags: task.tags,
    })),
  }
}
