// `help TOPIC`: a page of the documentation, as the installed program has it. `help COMMAND` is answered by src/cli/parse.ts.
import { Exit, Refused } from '../errors.ts';
import { table } from '../report/table.ts';
import { layOutTopic } from '../report/topic.ts';
import { visible } from '../report/visible.ts';
import { defineCommand } from './command.ts';
import { commandNames } from './names.ts';

export const command = defineCommand({
  command: 'help [topic]',
  describe: 'print a page of the documentation; without a topic, list them',
  positionals: { topic: { type: 'string', describe: 'a page, such as safety, or a command' } },
  options: {},
  examples: [
    ['edgewg help', 'the pages with their titles'],
    ['edgewg help safety', 'what an apply promises'],
    ['edgewg help import', 'the same as edgewg import --help: no page has that name'],
  ],
  async run({ topic }, io) {
    const { isTopic, topics, topicsTopic, topicText } = await import('./topics.ts');
    const { bold } = io.stdout.paint;
    if (topic === undefined || topic === topicsTopic) {
      const rows = table(topics().map(({ name, title }) => [bold(name), title]));
      io.stdout.write(
        `edgewg help TOPIC prints one of these, edgewg COMMAND --help the options of a command\n\n${rows.map(row => `  ${row}\n`).join('')}`,
      );
      return Exit.done;
    }
    if (!isTopic(topic)) {
      const { closest } = await import('../site/closest.ts');
      const names = [...topics().map(({ name }) => name), ...commandNames];
      const close = closest(topic, names);
      const hint = close === undefined ? 'edgewg help lists the pages' : `did you mean ${close}?`;
      throw new Refused('unknown-topic', `there is no page or command ${visible(topic)}`, hint);
    }
    const more = commandNames.some(name => name === topic) ? `\nThe options: edgewg ${topic} --help\n` : '';
    await io.page(layOutTopic(`${topicText(topic)}${more}`, io.stdout.columns));
    return Exit.done;
  },
});
