import type { Log } from '../../src/plan/handler.ts'

export interface KeptLog extends Log {
  readonly lines: { readonly level: keyof Log; readonly message: string }[]
}

/** A log that keeps its lines and shows nothing. */
export function keptLog(): KeptLog {
  const lines: KeptLog['lines'] = []
  const keep = (level: keyof Log) => (message: string) => void lines.push({ level, message })
  return {
    lines,
    debug: keep('debug'),
    info: keep('info'),
    warn: keep('warn'),
    error: keep('error'),
  }
}
