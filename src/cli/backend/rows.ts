/** A schedule as `--json` prints it; times are milliseconds since the epoch. */
export interface ScheduleRow {
  readonly id: string
  /** `plan/task` */
  readonly task: string
  /** In a few words. */
  readonly trigger: string
  /** In which its times are meant. */
  readonly zone: string
  readonly enabled: boolean
  /** Null: it is off, fires on no time, or will not any more. */
  readonly next: number | null
  readonly firedAt: number | null
  readonly tasklet: string | null
  readonly misfire: { readonly policy: string; readonly limit: number }
  readonly overlap: string
  readonly jitter: number
  readonly start: number | null
  readonly end: number | null
}

/** `answering` is what the database tells: its process may have ended, and the next goes on with it. */
export type InterruptState = 'off' | 'answering' | 'cooling' | 'on'

/** An interrupt as `--json` prints it; durations are milliseconds. */
export interface InterruptRow {
  readonly name: string
  readonly state: InterruptState
  readonly enabled: boolean
  /** The name of its check, or the pattern of its event. */
  readonly when: string
  readonly run: string
  readonly scope: string
  readonly victims: { readonly policy: string }
  readonly cooldown: number
  readonly returnTo: string | null
  readonly priority: number
  readonly firedAt: number | null
  readonly handler: string | null
  readonly cooldownUntil: number | null
}
