import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { compileFunction, constants } from 'node:vm'
import { withoutExperimentalWarning } from './experimental-warning.ts'

export type Namespace = Readonly<Record<string, unknown>>
export type Import = (specifier: string, options?: ImportCallOptions) => Promise<Namespace>

/** Node's own `import()` as it is in the file of that path, whatever loads this one. */
export function importFrom(path: string): Import {
  const load: Import = compileFunction('return import(specifier, options)', PARAMETERS, {
    filename: path,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }) as Import
  return (specifier, options) => withoutExperimentalWarning(() => load(specifier, options))
}

/** What Node makes of a file that it has to load itself, CommonJS, as the file is now. */
export function importOpaque({ path, content }: OpaqueFile): Promise<Namespace> {
  const url = pathToFileURL(path)
  url.searchParams.set('version', createHash('sha256').update(content).digest('hex'))
  // Unlike a module, CommonJS is remembered by its path, and forgotten when it is told so.
  delete createRequire(path).cache[path]
  return importFrom(path)(url.href)
}

interface OpaqueFile {
  readonly path: string
  readonly content: Buffer
}

const PARAMETERS = ['specifier', 'options']

/** `import.meta` of the file of that path. */
export function metaOf(path: string): Readonly<Record<string, unknown>> {
  const { href } = pathToFileURL(path)
  const resolve = (specifier: string) => {
    if (/^(?:\.{0,2}\/|[a-z][a-z+.-]+:)/.test(specifier)) return new URL(specifier, href).href
    const found = createRequire(href).resolve(specifier)
    return found.startsWith('/') || /^[A-Z]:\\/i.test(found)
      ? pathToFileURL(found).href
      : `node:${found}`
  }
  return {
    __proto__: null,
    url: href,
    filename: path,
    dirname: dirname(path),
    main: false,
    resolve,
  }
}
