/** What `lab help` says. */
export const HELP = `lab - the network lab without a screen

  lab run FILE.yaml [options]   run a scenario from start to end
    --do 'TIME NODE: COMMAND'     type a command at a moment (may be given several times)
    --until TIME                  end of the run (2s, 500ms); default: the file's, or 10 s after the last command
    --seed N                      another seed
    --terminal                    what was typed and printed (the default when nothing else is asked for)
    --trace                       every record, one line each
    --hash                        fingerprint of the whole trace
    --pcap FILE                   all frames for Wireshark (pcapng)

  lab check FILE.yaml...        are these scenarios valid? Also runs their setups.

  lab conform DIR...            play recorded cases (case.json beside truth.json, or both in one file) and
                                compare with what Linux did; exit code 1 when any differs. A case that
                                agrees only under another phase of the timer wheel, or with other random
                                numbers, says so on its line
    --only NAME                   only this case; a * stands for anything
    --tag TAG                     only cases with this tag
    --verbose                     all differences, not only the first of each case
    --json                        the report as JSON

  lab fuzz                      type mutated command lines at the hosts of a lab: no crash, no hang, always an
                                exit code and a message, and nothing changed after an error
    --count N                     this many lines; default: 10000
    --seed N                      others by chance
    --scenario FILE               at another lab; default: dr-lab

  lab docs [--check]            write docs/fidelity.md and docs/reasons.md; --check only tells whether they are stale

Times are like 50us, 1.5ms, 2s. A FILE may be the name of a lab that comes with the program: dr-lab.
`;
