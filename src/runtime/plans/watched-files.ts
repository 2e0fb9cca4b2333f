import { relative, sep } from 'node:path'

const SOURCE = /\.(?:ya?ml|json|[cm]?[jt]s)$/
/** What editors, version control and package managers leave beside the sources. */
const BYSTANDER = /^(?:\..*|node_modules|.*~|#.*#|.*\.(?:swp|swx|tmp|bak|orig))$/

/** Whether a file may be a part of the plan in that folder, by its name alone. */
export function maySource(folder: string, path: string): boolean {
  return mayHoldSources(folder, path) && SOURCE.test(path)
}

/** Whether something of that name may be a part of the plan, or a folder of such. */
export function mayHoldSources(folder: string, path: string): boolean {
  const below = relative(folder, path)
  if (below === '') return true
  const parts = below.split(sep)
  return parts[0] !== '..' && !parts.some((part) => BYSTANDER.test(part))
}
