import type { Diagnostic } from '../diagnostic.ts'
import { quote } from '../diagnostic.ts'
import { readSyntax } from '../modules/syntax.ts'
import { nearestName } from '../nearest.ts'
import type { FoundMachine } from './found-machine.ts'
import { constantsOf, readLiteral, type Span } from './literal.ts'
import { type MachineCall, machinesIn } from './machines-in.ts'

/** The machine that a module makes, read without running it. */
export function readModule(file: string, text: string, name: string | undefined): FoundMachine {
  const { syntax, fault } = readSyntax(text, /ts$/.test(file) ? 'typescript' : 'javascript')
  if (syntax === undefined) {
    const { message, line, column, length } = fault
    const place = line === undefined ? {} : { line, column, length }
    return nothing({ rule: 'module-syntax', message, path: '', file, ...place })
  }
  const machines = machinesIn(syntax.program)
  const chosen = choose(machines, name)
  if (!('config' in chosen)) return nothing({ rule: 'module-machine', path: '', file, ...chosen })
  const literal = readLiteral(chosen.config, constantsOf(syntax.program))
  const place = placesIn(text)
  return {
    config: literal.value,
    diagnostics: literal.problems.map(({ message, span }) => ({
      rule: 'not-literal',
      message,
      path: '',
      file,
      ...place(span),
    })),
    locate: (path, at) => ({ file, ...place(literal.locate(path, at)) }),
    notes: [],
  }
}

function nothing(diagnostic: Diagnostic): FoundMachine {
  const place = { file: diagnostic.file }
  return { config: undefined, diagnostics: [diagnostic], locate: () => place, notes: [] }
}

function choose(
  machines: readonly MachineCall[],
  name: string | undefined,
): MachineCall | Pick<Diagnostic, 'message' | 'expected' | 'suggestion'> {
  const names = machines.flatMap((each) => each.name ?? [])
  const [first, second] = machines
  if (name !== undefined) {
    const named = machines.find((each) => each.name === name)
    const message = `the file makes no machine ${quote(name)}`
    return named ?? { message, suggestion: nearestName(name, names) }
  }
  if (first === undefined) {
    return { message: 'the file makes no machine', expected: 'a call of createMachine' }
  }
  if (second === undefined) return first
  const message = `the file makes ${machines.length} machines: say which by its name`
  return { message, expected: `one of ${names.join(', ')}` }
}

/** Places as people count them; what goes over several lines is marked on its first. */
function placesIn(text: string) {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)]
  return ([from, to]: Span) => {
    const line = starts.findLastIndex((start) => start <= from)
    const start = starts[line] ?? 0
    const end = (starts[line + 1] ?? text.length + 1) - 1
    return {
      line: line + 1,
      column: from - start + 1,
      length: Math.max(1, Math.min(to, end) - from),
    }
  }
}
