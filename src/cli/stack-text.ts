import { pathToFileURL } from 'node:url'

/** Where the runtime begins in a stack, whatever folder it is installed in. */
const OURS = /[\\/]src[\\/]runtime[\\/]/
const VERSION = /\?version=[0-9a-f]+/

/**
 * The frames of a stack that tell something to whoever wrote the task: down to the runtime that
 * called it, with paths below the current folder made short. All of them if nothing would be left.
 */
export function stackFrames(stack: string | undefined, folder: string): readonly string[] {
  const frames = stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? []
  const runtime = frames.findIndex((frame) => OURS.test(frame))
  const own = runtime > 0 ? frames.slice(0, runtime) : frames
  const here = `${pathToFileURL(folder).href}/`
  return own.map((frame) => frame.trim().replace(VERSION, '').replace(here, ''))
}
