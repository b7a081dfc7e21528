/** Languages that an upstream may speak; every scenario is played over each. */
export const languages = ['anthropic', 'openai-chat'] as const;

/** The language of an upstream. */
export type Language = (typeof languages)[number];
