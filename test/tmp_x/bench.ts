import { dialects } from '../../src/dialects/index.ts';
import { emptyRequest, pass, translate } from '../laws/passing.ts';
const text='word and '.repeat(1);
function responses(n: number) {
  let s=''; let q=0; const ev=(t: string,f: object)=>{ s+=`event: ${t}\ndata: ${JSON.stringify({type:t,sequence_number:q++,...f})}\n\n`; };
  const resp={id:'resp_1',object:'response',created_at:1,status:'in_progress',model:'m',output:[] as object[],error:null,incomplete_details:null,usage:null as object|null};
  ev('response.created',{response:resp}); ev('response.in_progress',{response:resp});
  const item={id:'msg_123456789012345678901234567890',type:'message',status:'in_progress',content:[] as object[],role:'assistant'};
  ev('response.output_item.added',{output_index:0,item}); const w={item_id:item.id,output_index:0,content_index:0};
  ev('response.content_part.added',{...w,part:{type:'output_text',annotations:[],logprobs:[],text:''}});
  for (let i=0;i<n;i++) ev('response.output_text.delta',{...w,delta:text,logprobs:[],obfuscation:'aK3jd8'});
  const part={type:'output_text',annotations:[],logprobs:[],text:text.repeat(n)};
  ev('response.output_text.done',{...w,text:part.text,logprobs:[]}); ev('response.content_part.done',{...w,part});
  const done={...item,status:'completed',content:[part]}; ev('response.output_item.done',{output_index:0,item:done});
  ev('response.completed',{response:{...resp,status:'completed',output:[done],usage:{input_tokens:1,output_tokens:2,total_tokens:3}}});
  return Buffer.from(s);
}
function chat(n: number) {
  let s=''; for (let i=0;i<n;i++) s+=`data: ${JSON.stringify({id:'chatcmpl-1',object:'chat.completion.chunk',created:1,model:'m',choices:[{index:0,delta:{content:text},finish_reason:null}],obfuscation:'aK3jd8'})}\n\n`;
  s+=`data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n`; return Buffer.from(s);
}
const N=5000;
for (const [name, bytes] of [['openai-responses',responses(N)],['openai-chat',chat(N)]] as const) {
  const d=dialects[name]!; const chunks: Buffer[]=[]; for (let i=0;i<bytes.length;i+=400) chunks.push(bytes.subarray(i,i+400));
  for (const [what, run] of [['pass',()=>pass(d,emptyRequest(d),chunks)],['translate',()=>translate(d.upstream,dialects.anthropic!.client!,emptyRequest(d),chunks)],['write',()=>translate(d.upstream,d.client!,emptyRequest(d),chunks)]] as const) {
    for (let i=0;i<8;i++) run();
    const t=performance.now(); for (let i=0;i<20;i++) run(); console.log(name,what,((performance.now()-t)/20/N*1000).toFixed(2),'us/event');
  }
}
