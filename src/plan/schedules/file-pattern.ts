import { isAbsolute, matchesGlob, normalize } from 'node:path'

/** Whether a path or glob, relative to a folder, could match something outside of it. */
export function leavesFolder(pattern: string): boolean {
  if (isAbsolute(pattern) || /^[A-Za-z]:/.test(pattern) || pattern.includes('\\')) return true
  return normalize(pattern).split('/').includes('..') || pattern.split('/').includes('..')
}

/** Whether a path, relative to the folder with `/` between its parts, is meant by the pattern. */
export function matchesPattern(path: string, pattern: string): boolean {
  return matchesGlob(path, normalize(pattern))
}
