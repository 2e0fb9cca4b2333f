import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { StoreError } from '../../core/errors.ts'
import { isBusy, toStoreError } from './failures.ts'

interface Request {
  readonly work: () => unknown
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

interface CommitOptions {
  readonly file: string
  /** Milliseconds to wait for another process to give up the write lock. */
  readonly lockTimeout: number
  readonly session: Session
}

/** What is kept in memory of the database, and has to follow its transactions. */
export interface Session {
  /** The transaction has begun. */
  begin(): void
  /** Where the transaction stands, to come back to. */
  mark(): number
  /** What was done since the mark has been undone. */
  undo(mark: number): void
  /** Writes what is written once a commit. */
  flush(): void
  /** The transaction is on disk, and those who asked have been told. */
  committed(): void
  /** The transaction has been undone. */
  forget(): void
}

/** Milliseconds between two attempts to get the write lock; the event loop runs in between. */
const LOCK_RETRY = 10

/**
 * Group commit: what is asked for while a commit is pending becomes one transaction, and so pays
 * for one sync of the disk. The commit waits for `setImmediate`, which comes after everything this
 * turn of the event loop has to say (input that has arrived, and the promises that the last commit
 * resolved), and at once when there is nothing. A savepoint keeps each request atomic on its own.
 */
export class Commits {
  readonly #db: DatabaseSync
  readonly #options: CommitOptions
  readonly #begin: StatementSync
  readonly #commit: StatementSync
  readonly #save: StatementSync
  readonly #release: StatementSync
  readonly #undo: StatementSync
  #waiting: Request[] = []
  #isDue = false
  #lockedSince: number | undefined

  constructor(db: DatabaseSync, options: CommitOptions) {
    this.#db = db
    this.#options = options
    this.#begin = db.prepare('BEGIN IMMEDIATE')
    this.#commit = db.prepare('COMMIT')
    this.#save = db.prepare('SAVEPOINT request')
    this.#release = db.prepare('RELEASE request')
    this.#undo = db.prepare('ROLLBACK TO request')
  }

  /** Resolves with what `work` returned, after it is on disk. */
  run<T>(work: () => T): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    this.#waiting.push({ work, resolve: (value) => resolve(value as T), reject })
    if (!this.#isDue) {
      this.#isDue = true
      setImmediate(() => this.flush())
    }
    return promise
  }

  /** Does a part of the work of a request, which is undone alone when it throws. */
  nested<T>(part: () => T): T {
    this.#db.exec('SAVEPOINT part')
    const mark = this.#options.session.mark()
    try {
      return part()
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK TO part')
      this.#options.session.undo(mark)
      throw toStoreError(error, this.#options.file)
    } finally {
      if (this.#db.isTransaction) this.#db.exec('RELEASE part')
    }
  }

  /** Commits what waits, now. */
  flush(): void {
    this.#isDue = false
    const group = this.#waiting
    if (group.length === 0 || !this.#hasBegun()) return
    this.#waiting = []
    try {
      this.#options.session.begin()
      const answers =
        group.length === 1 ? group.map(answerAlone) : group.map((request) => this.#answer(request))
      this.#options.session.flush()
      this.#commit.run()
      for (const answer of answers) answer()
    } catch (error) {
      refuse(group, toStoreError(error, this.#options.file))
      this.#rollBack()
      return
    }
    this.#options.session.committed()
  }

  /** Commits what waits, or refuses it. */
  close(): void {
    this.flush()
    refuse(this.#waiting, new StoreError('closed', 'the store was closed while it was locked'))
    this.#waiting = []
  }

  #hasBegun(): boolean {
    try {
      this.#begin.run()
      this.#lockedSince = undefined
      return true
    } catch (error) {
      this.#retryOrRefuse(error)
      return false
    }
  }

  #retryOrRefuse(error: unknown): void {
    const now = performance.now()
    this.#lockedSince ??= now
    if (isBusy(error) && now - this.#lockedSince < this.#options.lockTimeout) {
      this.#isDue = true
      setTimeout(() => this.flush(), LOCK_RETRY)
      return
    }
    this.#lockedSince = undefined
    refuse(this.#waiting, toStoreError(error, this.#options.file))
    this.#waiting = []
  }

  /** Does the work of one request; what it returns tells the caller, once it is committed. */
  #answer({ work, resolve, reject }: Request): () => void {
    this.#save.run()
    const mark = this.#options.session.mark()
    try {
      const value = work()
      this.#release.run()
      return () => resolve(value)
    } catch (error) {
      // On a full disk, say, SQLite may have rolled back everything: then the group fails.
      if (!this.#db.isTransaction) throw error
      this.#undo.run()
      this.#release.run()
      this.#options.session.undo(mark)
      return () => reject(toStoreError(error, this.#options.file))
    }
  }

  #rollBack(): void {
    if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
    this.#options.session.forget()
  }
}

/** Without a savepoint: when it throws, the whole transaction is undone. */
function answerAlone({ work, resolve }: Request): () => void {
  const value = work()
  return () => resolve(value)
}

function refuse(group: readonly Request[], error: Error): void {
  for (const { reject } of group) reject(error)
}
