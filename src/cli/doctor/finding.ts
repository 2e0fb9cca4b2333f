/** One thing that was looked at, and what to do about it when it is not well. */
export interface Finding {
  readonly name: string
  readonly status: 'ok' | 'warning' | 'problem'
  readonly message: string
  readonly fix?: string
}

export function ok(name: string, message: string): Finding {
  return { name, status: 'ok', message }
}

/** It works, but will not for long, or not as one would think. */
export function warning(name: string, message: string, fix: string): Finding {
  return { name, status: 'warning', message, fix }
}

/** It does not work. */
export function problem(name: string, message: string, fix: string): Finding {
  return { name, status: 'problem', message, fix }
}
