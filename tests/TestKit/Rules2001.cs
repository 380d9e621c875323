namespace ChangedFiles.TestKit;

/// <summary>Two rules as they were written on the rsync list in 2001, to the letter.</summary>
public static class Rules2001
{
    public const string Replication = """
        RULE ^/home/mike/test
        IGNORE \.Xauthority
        OPENW   rsync --rsh=ssh -a _FILE_  faustus:/mirrors/otto_FILE_
        MKDIR   rsync --rsh=ssh -a _FILE_  faustus:/mirrors/otto_FILE_
        SYMLINK rsync --rsh=ssh -a _NEW_FILE_  faustus:/mirrors/otto_NEW_FILE_
        UNLINK  ssh faustus rm -f /mirrors/otto_FILE_
        RMDIR   ssh faustus rmdir /mirrors/otto_FILE_
        RENAME  ssh faustus "rm /mirrors/otto/_OLD_FILE_"; rsync --rsh=ssh -a _NEW_FILE_ faustus:/mirrors/otto/_NEW_FILE_

        """;

    public const string HotFolder = """
        RULE ^/export/home/image-converter.*\.jpg$
        OPENW  /usr/bin/convert _FILE_ `dirname _FILE_`/`basename _FILE_ .jpg`.png

        """;
}
