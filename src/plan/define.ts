import type { AnyStateMachine } from 'xstate'
import type { ZodType, z } from 'zod'
import { entriesOf } from './data.ts'
import type { CheckContext, Handler, TaskContext } from './handler.ts'
import type { InterruptSettings } from './interrupts/schema.ts'
import type { LintSettings } from './lint/schema.ts'
import type { ScheduleSettings } from './schedules/schema.ts'
import type { ResourceDeclaration, TaskSettings } from './schema/plan.ts'
import type { StepDeclaration } from './steps/schema.ts'
import type { ModuleHandler } from './tasks/module-handler.ts'
import type { WorldConfig } from './world/schema.ts'

declare const types: unique symbol

/** A task by which it can be submitted; for the compiler it also carries its types. */
export interface TaskReference<Input = unknown, Output = unknown> {
  readonly plan: string
  readonly name: string
  /** Exists only as a type. */
  readonly [types]?: { readonly input: Input; readonly output: Output }
}

/** A plan as it was written in code. Nothing of it is checked until it is loaded. */
export interface PlanDefinition<Tasks = Readonly<Record<string, TaskReference>>> {
  readonly name: string
  readonly tasks: Tasks
  readonly definition: PlanSettings & { readonly tasks: Readonly<Record<string, unknown>> }
}

/** Everything of a plan but its tasks. */
export interface PlanSettings {
  readonly name: string
  readonly description?: string | undefined
  /** Capacity by resource name, or a map of `capacity` and `limit`. */
  readonly resources?: Readonly<Record<string, ResourceDeclaration>> | undefined
  /** The machine of the world: an XState config, or a machine made by `setup()`. */
  readonly machine?: WorldConfig | AnyStateMachine | undefined
  /** What the steps of tasks run, by the name under which they do. */
  readonly actions?: Readonly<Record<string, Handler | ModuleHandler>> | undefined
  readonly checks?: Readonly<Record<string, (context: CheckContext) => unknown>> | undefined
  /** Guards that a plain config names; a machine made by `setup()` brings its own. */
  readonly guards?: Readonly<Record<string, (...args: never[]) => boolean>> | undefined
  /** When tasks are submitted without anybody asking, by name. */
  readonly schedules?: Readonly<Record<string, ScheduleSettings>> | undefined
  /** Switches rules of lint, by name. */
  readonly lint?: LintSettings | undefined
  /** Rules that stop running work and answer what happened; `when` names one of `checks`. */
  readonly interrupts?: Readonly<Record<string, InterruptSettings>> | undefined
}

// Not inferred from ZodType: what that gives depends on what the compiler has seen before.
type SchemaInput<Schema> = Schema extends ZodType ? z.input<Schema> : unknown
type SchemaOutput<Schema, Otherwise> = Schema extends ZodType ? z.output<Schema> : Otherwise
type At<Map, Key> = Key extends keyof Map ? Map[Key] : unknown

interface TaskShape extends TaskSettings {
  readonly input?: ZodType | undefined
  readonly output?: ZodType | undefined
}

/** A task of steps: its `output` is a template over them. */
interface StepsShape extends TaskSettings {
  readonly steps: readonly StepDeclaration[]
  readonly input?: ZodType | undefined
  readonly output?: unknown
  readonly run?: never
  readonly external?: never
}

type Run<Input, Result> = (context: TaskContext<Input>) => Result

/**
 * Each part of a task is inferred by a map of its own, because the compiler fixes one map before it
 * looks at handlers: so a handler's `input` has the type that its task's schema gives.
 */
type TaskMap<Inputs, Outputs, Results> = {
  readonly [Key in keyof Inputs]: { readonly input?: Inputs[Key] }
} & { readonly [Key in keyof Outputs]: { readonly output?: Outputs[Key] } } & {
  readonly [Key in keyof Results]:
    | (TaskShape & { readonly run: Run<SchemaOutput<At<Inputs, Key>, unknown>, Results[Key]> })
    | (TaskShape & { readonly run: ModuleHandler })
    | (TaskShape & { readonly external: true; readonly run?: never })
    | StepsShape
    | Run<unknown, Results[Key]>
}

type TaskReferences<Inputs, Outputs, Results> = {
  readonly [Key in keyof Results]: TaskReference<
    SchemaInput<At<Inputs, Key>>,
    SchemaOutput<At<Outputs, Key>, Awaited<Results[Key]>>
  >
}

/**
 * Describes a plan in code. `tasks` of the result holds a typed reference for each task, to be
 * submitted by.
 */
export function definePlan<Inputs, Outputs, Results>(
  definition: PlanSettings & { readonly tasks: TaskMap<Inputs, Outputs, Results> },
): PlanDefinition<TaskReferences<Inputs, Outputs, Results>> {
  const { name } = definition
  const references = entriesOf(definition.tasks).map(([task]) => [task, { plan: name, name: task }])
  return {
    name,
    // Keys and references correspond, which the type of fromEntries cannot say.
    tasks: Object.fromEntries(references) as TaskReferences<Inputs, Outputs, Results>,
    definition: definition as PlanDefinition['definition'],
  }
}
