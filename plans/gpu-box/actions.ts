import type { CheckContext, TaskContext } from 'setpoint'
import { theDevice } from './device.ts'
import { MODELS, type Model } from './models.ts'
import { quantiseWeights } from './numbers.ts'
import { learnTokens } from './tokeniser.ts'
import { type DayReport, jobsOfDay, reportOfDay, type Started } from './work-day.ts'

/** GiB that a job of each kind works with; `resources` of its task says the same. */
const WORKING_GIB = { chat: 4, embed: 2, 'fine-tune': 16 } as const
/** What a real card does, in milliseconds. */
const MS_PER_TOKEN = 20
const MS_PER_DOCUMENT = 5
const MS_PER_TRAINING_STEP = 2000

export function isEmpty(): boolean {
  return theDevice().state.model === undefined
}

export function isChatLoaded(): boolean {
  return theDevice().state.model === 'chat'
}

export function isEmbeddingLoaded(): boolean {
  return theDevice().state.model === 'embedding'
}

export function isCoderLoaded(): boolean {
  return theDevice().state.model === 'coder'
}

/** A person sits at the keyboard, has asked and waits. */
export function isPersonWaiting({ log }: CheckContext): boolean {
  const { question } = theDevice().state
  if (question !== undefined) log.debug('a person waits', { question })
  return question !== undefined
}

export async function load({ input, signal, log }: TaskContext<{ model: Model }>) {
  await theDevice().load(input.model, signal)
  log.info(`${input.model} is loaded`, { gib: MODELS[input.model] })
}

export async function unload({ signal }: TaskContext): Promise<void> {
  await theDevice().unload(signal)
}

export async function chat(context: TaskContext<{ prompt: string; tokens: number }>) {
  const startedAt = Date.now()
  const { prompt, tokens } = context.input
  await answer(context, tokens)
  return { startedAt, prompt, tokens }
}

async function answer({ taskletId, signal }: TaskContext, tokens: number): Promise<void> {
  const device = theDevice()
  const speak = () => device.pass(tokens * MS_PER_TOKEN, signal)
  await device.use(taskletId, 'chat', WORKING_GIB.chat, speak)
}

export async function embed({ input, taskletId, signal }: TaskContext<{ documents: number }>) {
  const startedAt = Date.now()
  const device = theDevice()
  await device.use(taskletId, 'embedding', WORKING_GIB.embed, () =>
    device.pass(input.documents * MS_PER_DOCUMENT, signal),
  )
  return { startedAt, documents: input.documents }
}

/** Every step of training is kept, so a run that had to make room goes on where it was. */
export async function fineTune(context: TaskContext<{ dataset: string; steps: number }>) {
  const startedAt = Date.now()
  const { input, taskletId, signal, step, checkpoint, progress } = context
  const device = theDevice()
  const losses: number[] = []
  await device.use(taskletId, 'coder', WORKING_GIB['fine-tune'], async () => {
    for (let number = 1; number <= input.steps; number += 1) {
      await checkpoint()
      const loss = await step(`training step ${number}`, async () => {
        await device.pass(MS_PER_TRAINING_STEP, signal)
        device.trainedStep()
        // Said in the step, so that a run which goes on does not say again what it has kept.
        const reached = 1 / number
        progress(
          number / input.steps,
          `step ${number} of ${input.steps}, loss ${reached.toFixed(2)}`,
        )
        return reached
      })
      losses.push(loss)
    }
  })
  return { startedAt, dataset: input.dataset, steps: input.steps, loss: losses.at(-1) }
}

/** Keeps a processor busy: it runs in a process of its own. */
export function tokenise({ input }: TaskContext<{ text: string; merges: number }>) {
  const startedAt = Date.now()
  return { startedAt, ...learnTokens(input.text, input.merges) }
}

/** Blocks the thread that it runs in: a worker's. */
export function quantise({ input }: TaskContext<{ weights: number; seed: number }>) {
  const startedAt = Date.now()
  return { startedAt, ...quantiseWeights(input.weights, input.seed) }
}

/** Types a question at the keyboard of the box and does not wait for the answer. */
export function sitDown({ input }: TaskContext<{ question: string }>): void {
  theDevice().ask(input.question)
}

/** Answers the person at the keyboard, if there still is one. */
export async function answerPerson(context: TaskContext) {
  const device = theDevice()
  const { question } = device.state
  if (question === undefined) return { question: null }
  await answer(context, 50)
  device.answered(question)
  context.log.info('the person at the keyboard has an answer', { question })
  return { question }
}

/** Submits a day's jobs at once and says what they took. The jobs need the card, the day does not. */
export async function workDay(context: TaskContext<{ seed: number }>): Promise<DayReport> {
  const { input, plan, runtime, progress, log, idempotencyKey, step } = context
  // A day that is taken up again by another process began when it first did.
  const { submittedAt, card } = await step('morning', () => ({
    submittedAt: Date.now(),
    card: theDevice().state,
  }))
  const jobs = jobsOfDay(input.seed)
  let ended = 0
  const done = await Promise.all(
    jobs.map(async (job, index) => {
      const once = { idempotencyKey: `${idempotencyKey}:${index}` }
      const output = await runtime.call(`${plan.name}/${job.task}`, job.input, once)
      ended += 1
      progress(ended / jobs.length, `${ended} of ${jobs.length} jobs are done`)
      return { job, waited: (output as Started).startedAt - submittedAt }
    }),
  )
  const report = reportOfDay(done, card, theDevice().state)
  const { swaps, firstComeFirstServed: fifo } = report
  log.info(`${swaps.loads} models loaded for ${report.jobs} jobs instead of ${fifo.loads}`, {
    gib: swaps.gib,
    firstComeFirstServedGib: fifo.gib,
  })
  return report
}
