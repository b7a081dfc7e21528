/**
 * How everything begins that the gateway has put into an answer and that is for no provider's eyes. It is base64 of nine
 * bytes, since some clients decode what they are to carry. A request that holds it is never passed as it is.
 */
export const sealMark = 'dragomanSEAL';
