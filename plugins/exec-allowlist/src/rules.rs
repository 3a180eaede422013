//! Rule ids that do not belong to one command. Ids are stable: operators and dashboards use them.

macro_rules! rules {
    ($($name:ident = $id:literal, $description:literal;)*) => {
        $(pub(crate) const $name: &str = $id;)*
        /// Id and description of each.
        pub(crate) const RULES: &[(&str, &str)] = &[$(($id, $description)),*];
    };
}

rules! {
    STDIN = "exec.stdin", "a command gets no standard input";
    TTY = "exec.tty", "a command gets no terminal";
    WRAPPER = "exec.wrapper", "what stands before the command is not one of the host's own wrappers";
    EMPTY = "exec.argv.empty", "no command, or an empty word in it";
    COUNT = "exec.argv.count", "more words than a command may have";
    BYTES = "exec.argv.bytes", "more bytes than a command may have";
    CONTROL = "exec.argv.control", "a control character, a line break or NUL in a word";
    NON_ASCII = "exec.argv.non-ascii", "a character beyond ASCII, which may pass for another";
    SHELL_SYNTAX = "exec.argv.shell-syntax", "pipes, redirections and substitutions need a shell; there is none";
    ONE_WORD = "exec.argv.one-word", "the whole command in one word";
    SHELL = "exec.command.shell", "a shell runs anything";
    INTERPRETER = "exec.command.interpreter", "an interpreter, debugger or database client runs anything";
    LAUNCHER = "exec.command.launcher", "a program that starts another program";
    WRITES = "exec.command.writes", "a program that changes files, processes or the system";
    TRANSFER = "exec.command.transfer", "a program that moves data over the network";
    SEARCH = "exec.command.search", "a program that reads trees or matches unredacted text";
    BUILTIN = "exec.command.builtin", "a part of a shell, no program";
    ENDLESS = "exec.command.endless", "a program that runs on and tells nothing";
    ENVIRONMENT = "exec.command.environment", "a program that prints the whole environment";
    PROGRAM_PATH = "exec.command.path", "a listed name in a folder that is not listed";
    UNLISTED = "exec.command.unlisted", "a command that is not in the table";
    PATH_RELATIVE = "exec.path.relative", "a path that does not begin with /";
    PATH_CHARACTERS = "exec.path.characters", "a path with patterns, blanks or other such characters";
    PATH_DOTS = "exec.path.dots", "a path with . or .. in it";
    PATH_EMPTY = "exec.path.empty-segment", "a path with two slashes in a row";
    PATH_PROCESS = "exec.path.process", "a process's environment, memory, arguments, links or other root";
    PATH_CREDENTIALS = "exec.path.credentials", "a place where credentials lie";
    PATH_DEVICE = "exec.path.device", "a device or the kernel's memory";
    PATH_NODE = "exec.path.node", "a place of the node or of other pods";
    PATH_LINK = "exec.path.link", "a listed path that leads to another place";
    PATH_UNANSWERED = "exec.path.unanswered", "where a path leads could not be told";
    FLAVOUR = "exec.flavour", "what is harmless in one implementation of the command only, and this may be another";
    VARIABLE = "exec.variable", "an environment variable whose name says that it holds a secret";
    PATH_UNLISTED = "exec.path.unlisted", "a path that no list of this command has";
    URL_SHAPE = "exec.url.shape", "no plain http or https URL: credentials, escapes, patterns or other schemes";
    URL_HOST = "exec.url.host", "a host other than this container's own loopback";
    URL_PORT = "exec.url.port", "a port that is not listed";
    URL_PATH = "exec.url.path", "a path or query that is not listed";
    DNS_NAME = "exec.dns.name", "a name outside the cluster, or no name at all";
}
