import { createHash } from 'node:crypto'
import { STATUSES, type Status } from '../../core/status.ts'

/** The numbers that are stored. They never change, and indexes name some of them. */
export const STATUS_CODES: Readonly<Record<Status, number>> = {
  blocked: 0,
  scheduled: 1,
  pending: 2,
  running: 3,
  retrying: 4,
  completed: 5,
  failed: 6,
  cancelled: 7,
}

const STATUS_NAMES = STATUSES.toSorted((one, other) => STATUS_CODES[one] - STATUS_CODES[other])

export function toStatus(code: unknown): Status {
  return STATUS_NAMES[Number(code)] as Status
}

/** 43 characters under which a text of any length is looked up. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

const LONG = 60

/** What `grp` holds: '' for no group. */
export function toGroupKey(group: string | undefined): string {
  if (group === undefined) return ''
  return /^[\x20-\x7e]*$/.test(group) && group.length <= LONG ? `=${group}` : `#${hashOf(group)}`
}

const LANES = 10_000
const lanes = new Map<string, string>()

/** What `lane` holds: the pending work of one task and group. `task` is the full name. */
export function toLane(task: string, group: string | undefined): string {
  const text = group === undefined ? task : JSON.stringify([task, group])
  let lane = lanes.get(text)
  if (lane === undefined) {
    lane = hashOf(text).slice(0, 22)
    if (lanes.size >= LANES) lanes.clear()
    lanes.set(text, lane)
  }
  return lane
}

/** Whether a text of the database can be equal to it: none holds NUL or half a character. */
export function canBeStored(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}
