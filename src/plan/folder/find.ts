import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

export const PLAN_FILE = 'plan.yaml'

/** A plan's folder itself, or every plan's folder directly inside of it, in order. */
export async function findPlanFolders(path: string): Promise<readonly string[]> {
  if (await hasPlan(path)) return [path]
  // A folder that cannot be read is taken for a plan, because loading it says what is wrong.
  const names = await readdir(path).catch((): string[] => [])
  const folders = names.sort().map((name) => join(path, name))
  const plans = await Promise.all(folders.map(hasPlan))
  const found = folders.filter((_, index) => plans[index])
  return found.length > 0 ? found : [path]
}

/** Whether the folder declares a plan, good or bad. */
export async function hasPlan(folder: string): Promise<boolean> {
  const found = await stat(join(folder, PLAN_FILE)).catch(() => undefined)
  return found !== undefined
}
