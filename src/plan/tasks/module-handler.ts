import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isRecord, ownValue } from '../data.ts'
import type { Code } from '../declaration.ts'
import { quote } from '../diagnostic.ts'
import type { Finding } from '../finding.ts'
import type { Handler, HandlerModule } from '../handler.ts'

/** A handler by the module that exports it, so that other threads and processes can import it. */
export interface ModuleHandler {
  /** A URL, such as `new URL('../folder/actions.ts', import.meta.url)`, or an absolute path. */
  readonly module: URL | string
  /** The name of the export. */
  readonly name: string
}

/** Undefined when it is no such handler, or one whose module cannot be told. */
export function toHandlerModule(run: unknown): HandlerModule | undefined {
  const [module, name] = [ownValue(run, 'module'), ownValue(run, 'name')]
  if (typeof name !== 'string' || name === '') return undefined
  if (module instanceof URL) return { url: module.href, name }
  if (typeof module !== 'string') return undefined
  if (isAbsolute(module)) return { url: pathToFileURL(module).href, name }
  return URL.canParse(module) ? { url: module, name } : undefined
}

/** Imports the module when it is first called. */
export function importingHandler({ url, name }: HandlerModule): Handler {
  return async (context) => {
    const handler: unknown = ((await import(url)) as Record<string, unknown>)[name]
    if (typeof handler === 'function') return (handler as Handler)(context)
    throw new TypeError(`${url} exports no function ${quote(name)}`)
  }
}

/** Where another thread or process finds the handler of that name. */
export function moduleOf(run: string | undefined, code: Code): HandlerModule | undefined {
  if (run === undefined) return undefined
  const own = code.modules?.get(run)
  if (own !== undefined || code.module === undefined) return own
  const { module: url, sources } = code
  return sources === undefined ? { url, name: run } : { url, name: run, sources }
}

/** What runs outside of the event loop has to be found there. */
export function checkModule(
  name: string,
  task: unknown,
  run: string,
  code: Code | undefined,
): readonly Finding[] {
  const path = ['tasks', name, 'run']
  const handler = code?.handlers.get(run)
  if (isRecord(handler)) {
    const message = `the handler of ${quote(name)} names no module that can be imported: write { module: new URL('../folder/actions.ts', import.meta.url), name: 'export' }, or an absolute path`
    return [{ rule: 'handler-module', path, message }]
  }
  const mode = ownValue(task, 'mode')
  if (mode !== 'sync' && mode !== 'cpu') return []
  if (typeof handler !== 'function' || code === undefined || moduleOf(run, code)) return []
  const where = mode === 'sync' ? 'a worker thread' : 'another process'
  const message = `${quote(name)} runs in ${where}, but its handler is a function that exists only in this one: give it as { module: new URL('../folder/actions.ts', import.meta.url), name: 'export' }`
  return [{ rule: 'handler-module', path, message }]
}
