"""What readers say of filesystems, in French."""

TEXTS = {
    "{name}: FAT of {sector} bytes is cut off at {size}": "{name} : FAT de {sector} octets, tronquée à {size}",
    "{name}: NTFS of {sector} bytes is cut off at {size}": "{name} : NTFS de {sector} octets, tronqué à {size}",
    "{name}: NTFS was not unmounted cleanly (it is marked dirty): run chkdsk first": (
        "{name} : NTFS n’a pas été démonté proprement (marqué dirty) : lancez d’abord chkdsk"
    ),
    "{name}: NTFS was not unmounted cleanly ({why}): start Windows, and shut it down with shutdown /s": (
        "{name} : NTFS n’a pas été démonté proprement ({why}) : démarrez Windows et arrêtez-le avec shutdown /s"
    ),
    "{name}: NTFS without one record of its own state": "{name} : NTFS sans enregistrement unique de son propre état",
    "{name}: XFS needs repair: run xfs_repair first": "{name} : XFS doit être réparé : lancez d’abord xfs_repair",
    "{name}: XFS of {blocks} bytes is cut off at {size}": "{name} : XFS de {blocks} octets, tronqué à {size}",
    "{name}: XFS that mkfs did not finish": "{name} : XFS que mkfs n’a pas terminé",
    "{name}: XFS was not unmounted cleanly (its log holds changes): mount it once, or repair it": (
        "{name} : XFS n’a pas été démonté proprement (son journal contient des modifications) : montez-le une "
        "fois, ou réparez-le"
    ),
    "{name}: XFS with a realtime device can't be read": (
        "{name} : XFS avec un périphérique temps réel, non pris en charge"
    ),
    "{name}: XFS with its log on another disk can't be read": (
        "{name} : XFS avec son journal sur un autre disque, non pris en charge"
    ),
    "{name}: XFS with the unknown features {unread} can't be read": (
        "{name} : XFS avec les fonctionnalités inconnues {unread}, non pris en charge"
    ),
    "{name}: a block holds more than it may": "{name} : un bloc contient plus que permis",
    "{name}: a block is cut off": "{name} : un bloc est tronqué",
    "{name}: a block lies beyond the end": "{name} : un bloc se trouve au-delà de la fin",
    "{name}: a block of btrfs at {address} can't be understood": (
        "{name} : le bloc de btrfs à {address} est incompréhensible"
    ),
    "{name}: a block of btrfs at {address} is another one": (
        "{name} : le bloc de btrfs à {address} n’est pas celui attendu"
    ),
    "{name}: a block of btrfs at {address} is another one than its parent names": (
        "{name} : le bloc de btrfs à {address} n’est pas celui que désigne son parent"
    ),
    "{name}: a block of btrfs at {address} says more than there is room for": (
        "{name} : le bloc de btrfs à {address} annonce plus qu’il ne peut contenir"
    ),
    "{name}: a block of btrfs begins within a sector": "{name} : un bloc de btrfs commence au milieu d’un secteur",
    "{name}: a block of data with {size} bytes, more than {most}": (
        "{name} : bloc de données de {size} octets, maximum {most}"
    ),
    "{name}: a block of extended attributes can't be understood": (
        "{name} : un bloc d’attributs étendus est incompréhensible"
    ),
    "{name}: a block of squashfs is empty": "{name} : un bloc de squashfs est vide",
    "{name}: a block of squashfs with {size} bytes": "{name} : bloc de squashfs de {size} octets",
    "{name}: a block of the file {number} has {count} bytes, not {expected}": (
        "{name} : un bloc du fichier {number} a {count} octets, et non {expected}"
    ),
    "{name}: a chunk of btrfs can't be understood": "{name} : un chunk de btrfs est incompréhensible",
    "{name}: a chunk of btrfs is cut off": "{name} : un chunk de btrfs est tronqué",
    "{name}: a chunk of btrfs lies beyond the end: the disk is cut off": (
        "{name} : un chunk de btrfs se trouve au-delà de la fin : le disque est tronqué"
    ),
    "{name}: a file has {many} extended attributes": "{name} : un fichier a {many} attributs étendus",
    "{name}: a folder of btrfs has no name": "{name} : un dossier de btrfs n’a pas de nom",
    "{name}: a journal device of ext4, and no file system": (
        "{name} : périphérique de journal ext4, et non système de fichiers"
    ),
    "{name}: a map has more blocks than the file system": (
        "{name} : une table de blocs en compte plus que le système de fichiers"
    ),
    "{name}: a map lies beyond the end": "{name} : une table de blocs se trouve au-delà de la fin",
    "{name}: a name in btrfs can't be understood": "{name} : un nom dans btrfs est incompréhensible",
    "{name}: a name in btrfs is cut off": "{name} : un nom dans btrfs est tronqué",
    "{name}: a name in the folder {folder} stands for what can't be": (
        "{name} : un nom du dossier {folder} désigne un objet impossible"
    ),
    "{name}: a packed extent of btrfs ends before the file's part of it": (
        "{name} : un extent compressé de btrfs se termine avant la partie utilisée par le fichier"
    ),
    "{name}: a packed extent of btrfs is larger than what it holds": (
        "{name} : un extent compressé de btrfs est plus grand que son contenu"
    ),
    "{name}: a packed extent of btrfs with {size} bytes, more than {most}": (
        "{name} : extent compressé de btrfs de {size} octets, maximum {most}"
    ),
    "{name}: a part of btrfs lies on disk {device}, which is missing": (
        "{name} : une partie de btrfs est sur le disque {device}, qui manque"
    ),
    "{name}: a subvolume of btrfs can't be understood": "{name} : un sous-volume de btrfs est incompréhensible",
    "{name}: a subvolume of btrfs stands in two places": "{name} : un sous-volume de btrfs se trouve à deux endroits",
    "{name}: a table of squashfs ends too early": "{name} : une table de squashfs se termine trop tôt",
    "{name}: a table of squashfs is cut off": "{name} : une table de squashfs est tronquée",
    "{name}: a table of {entries} blocks, which no disk of this format has": (
        "{name} : table de {entries} blocs, plus qu’un disque de ce format ne peut en avoir"
    ),
    "{name}: a tree of extents can't be understood": "{name} : un arbre d’extents est incompréhensible",
    "{name}: a tree of extents says more entries than there is room for": (
        "{name} : un arbre d’extents annonce plus d’entrées qu’il ne peut en contenir"
    ),
    "{name}: an access list is cut off": "{name} : une liste de contrôle d’accès est tronquée",
    "{name}: an access list of an unknown version": "{name} : une liste de contrôle d’accès de version inconnue",
    "{name}: an extended attribute can't be understood": "{name} : un attribut étendu est incompréhensible",
    "{name}: an extended attribute is cut off": "{name} : un attribut étendu est tronqué",
    "{name}: an extended attribute lies in an inode of its own": "{name} : un attribut étendu occupe un inode à part",
    "{name}: an extended attribute of the unknown kind {kind}": "{name} : un attribut étendu de type inconnu {kind}",
    "{name}: an extent lies beyond the end": "{name} : un extent se trouve au-delà de la fin",
    "{name}: an extent of btrfs can't be understood": "{name} : un extent de btrfs est incompréhensible",
    "{name}: an extent of btrfs does not lie in whole sectors": (
        "{name} : un extent de btrfs n’occupe pas des secteurs entiers"
    ),
    "{name}: an extent of btrfs ends before the file's part of it": (
        "{name} : un extent de btrfs se termine avant la partie utilisée par le fichier"
    ),
    "{name}: an extent of btrfs is cut off": "{name} : un extent de btrfs est tronqué",
    "{name}: an extent of btrfs is encrypted, or encoded in an unknown way": (
        "{name} : un extent de btrfs est chiffré, ou codé d’une manière inconnue"
    ),
    "{name}: an extent of btrfs is packed in the unknown way {kind}": (
        "{name} : un extent de btrfs est compressé par une méthode inconnue {kind}"
    ),
    "{name}: an extent packed with LZO has a part of no bytes": "{name} : un extent compressé en LZO a une partie vide",
    "{name}: an extent packed with LZO is cut off": "{name} : un extent compressé en LZO est tronqué",
    "{name}: an inode of btrfs says {size} bytes": "{name} : un inode de btrfs annonce {size} octets",
    "{name}: an inode of btrfs with the mode {mode}": "{name} : inode de btrfs avec le mode {mode}",
    "{name}: an inode of btrfs with {count} bytes": "{name} : inode de btrfs de {count} octets",
    "{name}: an inode of the unknown kind {kind}": "{name} : inode de type inconnu {kind}",
    "{name}: btrfs has no subvolume {path}": "{name} : btrfs n’a pas de sous-volume {path}",
    "{name}: btrfs has no subvolume {said}": "{name} : btrfs n’a pas de sous-volume {said}",
    "{name}: btrfs has no tree of files": "{name} : btrfs n’a pas d’arbre de fichiers",
    "{name}: btrfs names the address {address}, which lies nowhere": (
        "{name} : btrfs désigne l’adresse {address}, qui n’existe pas"
    ),
    "{name}: btrfs of {total} bytes is cut off at {size}": "{name} : btrfs de {total} octets, tronqué à {size}",
    "{name}: btrfs over {devices} disks, which is not read": "{name} : btrfs sur {devices} disques, non pris en charge",
    "{name}: btrfs that other file systems grow from (seed), which is not read": (
        "{name} : btrfs dont d’autres systèmes de fichiers dérivent (seed), non pris en charge"
    ),
    "{name}: btrfs was not unmounted cleanly (its log holds changes): mount it once": (
        "{name} : btrfs n’a pas été démonté proprement (son journal contient des modifications) : montez-le une fois"
    ),
    "{name}: btrfs with a chunk of {named}, which is not read": (
        "{name} : btrfs avec un chunk ({named}) non pris en charge"
    ),
    "{name}: btrfs with checksums of the unknown kind {kind} can't be read": (
        "{name} : btrfs avec des sommes de contrôle de type inconnu {kind}, non pris en charge"
    ),
    "{name}: btrfs with checksums of xxhash; install rempart[images]": (
        "{name} : btrfs avec des sommes de contrôle xxhash ; installez rempart[images]"
    ),
    "{name}: btrfs with errors, or with a change by btrfstune or btrfs-image that did not end": (
        "{name} : btrfs avec des erreurs, ou une modification inachevée par btrfstune ou btrfs-image"
    ),
    "{name}: btrfs with more than {most} chunks": "{name} : btrfs avec plus de {most} chunks",
    "{name}: btrfs with more than {most} subvolumes": "{name} : btrfs avec plus de {most} sous-volumes",
    "{name}: btrfs with {named} can't be read": "{name} : btrfs avec {named}, non pris en charge",
    "{name}: chunks of btrfs overlap": "{name} : des chunks de btrfs se chevauchent",
    "{name}: compressed data are damaged ({error})": "{name} : des données compressées sont endommagées ({error})",
    "{name}: compressed data end after {count} of {size} bytes": (
        "{name} : des données compressées se terminent après {count} octets sur {size}"
    ),
    "{name}: compressed with zstd; install rempart[images]": "{name} : compressé avec zstd ; installez rempart[images]",
    "{name}: data at {address} have no checksum": "{name} : les données à {address} n’ont pas de somme de contrôle",
    "{name}: data packed with LZO are damaged: they end too early": (
        "{name} : des données compressées en LZO sont endommagées : elles se terminent trop tôt"
    ),
    "{name}: data packed with LZO are damaged: {count} bytes follow their end": (
        "{name} : des données compressées en LZO sont endommagées : {count} octets suivent leur fin"
    ),
    "{name}: data packed with LZO are damaged: {error}": (
        "{name} : des données compressées en LZO sont endommagées : {error}"
    ),
    "{name}: extended attributes lie beyond the end": "{name} : des attributs étendus se trouvent au-delà de la fin",
    "{name}: extents of a file overlap": "{name} : des extents d’un fichier se chevauchent",
    "{name}: extents of the file {number} overlap": "{name} : des extents du fichier {number} se chevauchent",
    "{name}: no btrfs": "{name} : n’est pas un btrfs",
    "{name}: no squashfs": "{name} : n’est pas un squashfs",
    "{name}: squashfs has fragments, and no table of them": (
        "{name} : squashfs a des fragments, mais aucune table de fragments"
    ),
    "{name}: squashfs names a place beyond a block's end": (
        "{name} : squashfs désigne un emplacement au-delà de la fin d’un bloc"
    ),
    "{name}: squashfs names a place beyond its end": "{name} : squashfs désigne un emplacement au-delà de sa fin",
    "{name}: squashfs names the entry {number} of a table of {count}": (
        "{name} : squashfs désigne l’entrée {number} d’une table de {count}"
    ),
    "{name}: squashfs names the inode {node} of {inodes}": "{name} : squashfs désigne l’inode {node} sur {inodes}",
    "{name}: squashfs of version {major}.{minor}, which is not read": (
        "{name} : squashfs de version {major}.{minor}, non pris en charge"
    ),
    "{name}: squashfs of {used} bytes is cut off at {size}": "{name} : squashfs de {used} octets, tronqué à {size}",
    "{name}: squashfs packed with {refused}, which is not read": (
        "{name} : squashfs compressé avec {refused}, non pris en charge"
    ),
    "{name}: squashfs with the unknown compressor {number}": (
        "{name} : squashfs avec un algorithme de compression inconnu {number}"
    ),
    "{name}: squashfs with {inodes} files, more than {most_inodes}": (
        "{name} : squashfs avec {inodes} fichiers, maximum {most_inodes}"
    ),
    "{name}: subvol and subvolid name different subvolumes of btrfs": (
        "{name} : subvol et subvolid désignent des sous-volumes de btrfs différents"
    ),
    "{name}: the checksum of a block of btrfs at {address} is wrong": (
        "{name} : la somme de contrôle du bloc de btrfs à {address} est fausse"
    ),
    "{name}: the checksum of data at {address} is wrong": (
        "{name} : la somme de contrôle des données à {address} est fausse"
    ),
    "{name}: the checksum of the super block of btrfs is wrong": (
        "{name} : la somme de contrôle du superbloc de btrfs est fausse"
    ),
    "{name}: the default subvolume of btrfs does not exist": "{name} : le sous-volume par défaut de btrfs n’existe pas",
    "{name}: the end of a file lies nowhere": "{name} : la fin d’un fichier est introuvable",
    "{name}: the entry {node} is deleted": "{name} : l’entrée {node} est supprimée",
    "{name}: the extended attributes of {node} lie nowhere": (
        "{name} : les attributs étendus de {node} sont introuvables"
    ),
    "{name}: the file {node} has its content elsewhere (a reparse point)": (
        "{name} : le contenu du fichier {node} est ailleurs (point d’analyse, reparse point)"
    ),
    "{name}: the file {node} is encrypted (EFS)": "{name} : le fichier {node} est chiffré (EFS)",
    "{name}: the file {node} is {value}": "{name} : le fichier {node} est {value}",
    "{name}: the file {number} has {size} bytes, more than can be read": (
        "{name} : le fichier {number} a {size} octets, plus qu’il n’est possible d’en lire"
    ),
    "{name}: the file {number} lies beyond the end": "{name} : le fichier {number} se trouve au-delà de la fin",
    "{name}: the first chunks of btrfs are cut off": "{name} : les premiers chunks de btrfs sont tronqués",
    "{name}: the first chunks of btrfs can't be understood": (
        "{name} : les premiers chunks de btrfs sont incompréhensibles"
    ),
    "{name}: the folder {folder} can't be understood": "{name} : le dossier {folder} est incompréhensible",
    "{name}: the folder {folder} has more than {most_names} names": (
        "{name} : le dossier {folder} a plus de {most_names} noms"
    ),
    "{name}: the folder {folder} has the names of another one": "{name} : le dossier {folder} a les noms d’un autre",
    "{name}: the folder {folder} has {size} bytes": "{name} : le dossier {folder} a {size} octets",
    "{name}: the folder {folder} is encrypted": "{name} : le dossier {folder} est chiffré",
    "{name}: the folder {node} stands in two places": "{name} : le dossier {node} se trouve à deux endroits",
    "{name}: the folder {number} can't be understood": "{name} : le dossier {number} est incompréhensible",
    "{name}: the folder {number} has more than {most_names} names": (
        "{name} : le dossier {number} a plus de {most_names} noms"
    ),
    "{name}: the folder {number} stands in two places": "{name} : le dossier {number} se trouve à deux endroits",
    "{name}: the inode {node} is another one": "{name} : l’inode {node} n’est pas celui attendu",
    "{name}: the inode {node} is free": "{name} : l’inode {node} est libre",
    "{name}: the inodes of group {group} lie beyond the end": (
        "{name} : les inodes du groupe {group} se trouvent au-delà de la fin"
    ),
    "{name}: the keys of a tree of btrfs do not ascend": (
        "{name} : les clés d’un arbre de btrfs ne sont pas en ordre croissant"
    ),
    "{name}: the link {node} has {size} bytes": "{name} : le lien {node} a {size} octets",
    "{name}: the link {node} is encrypted": "{name} : le lien {node} est chiffré",
    "{name}: the link {number} has {size} bytes": "{name} : le lien {number} a {size} octets",
    "{name}: the log of XFS has no record before its head": (
        "{name} : le journal de XFS n’a pas d’enregistrement avant sa tête"
    ),
    "{name}: the log of XFS has {blocks} blocks": "{name} : le journal de XFS a {blocks} blocs",
    "{name}: the name of an inode of btrfs can't be understood": (
        "{name} : le nom d’un inode de btrfs est incompréhensible"
    ),
    "{name}: the names of the folder {folder} are not in order": (
        "{name} : les noms du dossier {folder} ne sont pas en ordre"
    ),
    "{name}: the names of the folder {number} are not those that are found in it": (
        "{name} : les noms du dossier {number} ne sont pas ceux qui s’y trouvent"
    ),
    "{name}: the super block of XFS can't be understood": "{name} : le superbloc de XFS est incompréhensible",
    "{name}: the super block of btrfs can't be understood": "{name} : le superbloc de btrfs est incompréhensible",
    "{name}: the super block of squashfs can't be understood": "{name} : le superbloc de squashfs est incompréhensible",
    "{name}: the super block of {kind} can't be understood": "{name} : le superbloc de {kind} est incompréhensible",
    "{name}: the tables of squashfs can't lie where it says": (
        "{name} : les tables de squashfs ne peuvent pas être aux emplacements indiqués"
    ),
    "{name}: the value of an extended attribute has {size} bytes": (
        "{name} : la valeur d’un attribut étendu a {size} octets"
    ),
    "{name}: the value of an extended attribute is cut off": "{name} : la valeur d’un attribut étendu est tronquée",
    "{name}: the value of an extended attribute lies nowhere": (
        "{name} : la valeur d’un attribut étendu est introuvable"
    ),
    "{name}: there is no inode {inode}": "{name} : il n’y a pas d’inode {inode}",
    "{name}: there is no inode {node}": "{name} : il n’y a pas d’inode {node}",
    "{name}: there is no inode {number}": "{name} : il n’y a pas d’inode {number}",
    "{name}: two inodes have the number {node}": "{name} : deux inodes portent le numéro {node}",
    "{name}: what btrfs says of a subvolume's place can't be understood": (
        "{name} : la description de l’emplacement d’un sous-volume de btrfs est incompréhensible"
    ),
    "{name}: what btrfs says of a subvolume's place is cut off": (
        "{name} : la description de l’emplacement d’un sous-volume de btrfs est tronquée"
    ),
    "{name}: what btrfs says of a tree is cut off": "{name} : la description d’un arbre de btrfs est tronquée",
    "{name}: {here} is a folder that stands in itself, or twice": (
        "{name} : {here} est un dossier contenu dans lui-même, ou présent deux fois"
    ),
    "{name}: {kind} needs recovery (its journal holds changes): run e2fsck -f first": (
        "{name} : {kind} doit être récupéré (son journal contient des modifications) : lancez d’abord e2fsck -f"
    ),
    "{name}: {kind} of {blocks} bytes is cut off at {size}": "{name} : {kind} de {blocks} octets, tronqué à {size}",
    "{name}: {kind} was not unmounted cleanly, or has errors: run e2fsck -f first": (
        "{name} : {kind} n’a pas été démonté proprement, ou contient des erreurs : lancez d’abord e2fsck -f"
    ),
    "{name}: {kind} with blocks of no possible size": "{name} : {kind} avec des blocs de taille impossible",
    "{name}: {kind} with {named} can't be read": "{name} : {kind} avec {named}, non pris en charge",
    "{name}: {node} is no link": "{name} : {node} n’est pas un lien",
    "{name}: {node} is no regular file": "{name} : {node} n’est pas un fichier ordinaire",
}
