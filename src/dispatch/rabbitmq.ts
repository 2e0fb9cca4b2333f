export { rabbitmqDispatch } from './rabbitmq/dispatch.ts'
export { type RabbitmqIntakeOptions, rabbitmqIntake } from './rabbitmq/intake.ts'
export type { RabbitmqDispatchOptions } from './rabbitmq/options.ts'
