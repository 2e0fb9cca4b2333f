import type { DatabaseSync, StatementSync } from 'node:sqlite'

export interface TaskName {
  readonly plan: string
  readonly name: string
}

/**
 * Names that many records share (tasks, queues, plan versions, owners), stored once and known here
 * by their numbers. Only what is committed may be remembered: `forget` after a rollback.
 */
export class Names {
  readonly #findName: StatementSync
  readonly #addName: StatementSync
  readonly #readName: StatementSync
  readonly #addTask: StatementSync
  readonly #tasksAfter: StatementSync
  readonly #ids = new Map<string, number>()
  readonly #texts = new Map<number, string>()
  readonly #taskIds = new Map<string, Map<string, number>>()
  readonly #tasks = new Map<number, TaskName>()
  #lastTask = 0

  constructor(db: DatabaseSync) {
    this.#findName = db.prepare('SELECT id FROM names WHERE name = ?')
    this.#addName = db.prepare('INSERT INTO names (name) VALUES (?)')
    this.#readName = db.prepare('SELECT name FROM names WHERE id = ?')
    this.#addTask = db.prepare('INSERT INTO tasks (plan, name) VALUES (?, ?)')
    this.#tasksAfter = db.prepare('SELECT id, plan, name FROM tasks WHERE id > ?')
  }

  /** The number of a name; undefined when no record has used it. */
  find(text: string): number | undefined {
    const known = this.#ids.get(text)
    if (known !== undefined) return known
    const found = this.#findName.get(text)
    return found && this.#remember(Number(found.id), text)
  }

  /** The number of a name, new if need be: inside a transaction only. */
  idOf(text: string): number {
    return this.find(text) ?? this.#remember(Number(this.#addName.run(text).lastInsertRowid), text)
  }

  textOf(id: number): string {
    const known = this.#texts.get(id)
    if (known !== undefined) return known
    const text = String(this.#readName.get(id)?.name)
    this.#remember(id, text)
    return text
  }

  /** The number of a task, new if need be: inside a transaction only. */
  taskIdOf(plan: string, name: string): number {
    const known = this.#taskIds.get(plan)?.get(name)
    if (known !== undefined) return known
    this.#learnTasks()
    const learned = this.#taskIds.get(plan)?.get(name)
    if (learned !== undefined) return learned
    return this.#rememberTask(Number(this.#addTask.run(plan, name).lastInsertRowid), { plan, name })
  }

  taskOf(id: number): TaskName {
    if (!this.#tasks.has(id)) this.#learnTasks()
    const task = this.#tasks.get(id)
    if (task === undefined) throw new Error(`the database names no task ${id}`)
    return task
  }

  /** Every task by its number, those included that other processes have added. */
  tasks(): ReadonlyMap<number, TaskName> {
    this.#learnTasks()
    return this.#tasks
  }

  forget(): void {
    this.#ids.clear()
    this.#texts.clear()
    this.#taskIds.clear()
    this.#tasks.clear()
    this.#lastTask = 0
  }

  #learnTasks(): void {
    for (const row of this.#tasksAfter.all(this.#lastTask)) {
      this.#rememberTask(Number(row.id), {
        plan: String(row.plan),
        name: String(row.name),
      })
    }
  }

  #remember(id: number, text: string): number {
    this.#ids.set(text, id)
    this.#texts.set(id, text)
    return id
  }

  #rememberTask(id: number, task: TaskName): number {
    const ofPlan = this.#taskIds.get(task.plan) ?? new Map<string, number>()
    this.#taskIds.set(task.plan, ofPlan.set(task.name, id))
    this.#tasks.set(id, task)
    this.#lastTask = Math.max(this.#lastTask, id)
    return id
  }
}
