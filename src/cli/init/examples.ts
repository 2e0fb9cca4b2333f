import { InputError } from '../../core/errors.ts'
import { nearestName } from '../../plan/nearest.ts'

/** A plan of the package that can be begun with. */
export interface Example {
  /** Of the plan and of its folder. */
  readonly name: string
  readonly about: string
  /** What to give to `setpoint run` first, as a shell understands it. */
  readonly run: string
}

export const EXAMPLES = [
  { name: 'minimal', run: 'minimal/fire', about: 'the smallest: a kiln that is cold or hot' },
  {
    name: 'web-service',
    run: 'web-service/smoke-test',
    about: 'an HTTP server that is started, drained and backed up',
  },
  {
    name: 'change-pipeline',
    run: 'change-pipeline/work-day',
    about: 'tickets that become reviewed commits of a git repository',
  },
  {
    name: 'portal-office',
    run: `portal-office/download-statement --input '{"year": 2024}'`,
    about: 'a robot that signs in at a web portal and finds its way',
  },
  {
    name: 'gpu-box',
    run: 'gpu-box/work-day',
    about: 'jobs that share a graphics card and swap its models',
  },
] as const satisfies readonly [Example, ...Example[]]

export const DEFAULT_EXAMPLE: Example = EXAMPLES[0]

/** @throws {InputError} that names the nearest example and all there are. */
export function findExample(name: string): Example {
  const found = EXAMPLES.find((example) => example.name === name)
  if (found !== undefined) return found
  const names = EXAMPLES.map((example) => example.name)
  const nearest = nearestName(name, names)
  const suggestion = nearest === undefined ? '' : `; did you mean "${nearest}"?`
  throw new InputError(
    `there is no example "${name}"${suggestion}\nthe examples: ${names.join(', ')}`,
  )
}
