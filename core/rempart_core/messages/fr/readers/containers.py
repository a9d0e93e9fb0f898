"""What readers say of containers, in French."""

TEXTS = {
    "a header of its tar has a {what} beyond 64 bits": "un en-tête de son tar a un champ qui dépasse 64 bits ({what})",
    "a header of its tar has a {what} that is no number": (
        "un en-tête de son tar a un champ qui n’est pas un nombre ({what})"
    ),
    "a layer makes the top folder something else": "une couche remplace le dossier racine par autre chose",
    "a member of a layer has no name that a file can have": (
        "un élément d’une couche a un nom impossible pour un fichier"
    ),
    "a sparse file in its tar has a map that contradicts its size": (
        "un fichier creux de son tar a une carte qui contredit sa taille"
    ),
    "a sparse file in its tar has a map that contradicts itself": (
        "un fichier creux de son tar a une carte qui se contredit"
    ),
    "a sparse file in its tar has a map without an end": "un fichier creux de son tar a une carte sans fin",
    "a sparse file in its tar has an unknown form": "un fichier creux de son tar est d’une forme inconnue",
    "a sparse file in its tar has half a map": "un fichier creux de son tar a une carte incomplète",
    "a sparse file in its tar has more than {most} pieces": "un fichier creux de son tar a plus de {most} morceaux",
    "an extended header of its tar has a name with a NUL": "un en-tête étendu de son tar a un nom qui contient un NUL",
    "an extended header of its tar has a sparse map that can't be read": (
        "un en-tête étendu de son tar a une carte de fichier creux illisible"
    ),
    "an extended header of its tar has a time beyond 64 bits": (
        "un en-tête étendu de son tar a une date qui dépasse 64 bits"
    ),
    "an extended header of its tar holds a record that can't be read": (
        "un en-tête étendu de son tar contient un enregistrement illisible"
    ),
    "its tar has a damaged header at byte {position}": "son tar a un en-tête endommagé à l’octet {position}",
    "its tar has a member of negative size": "son tar a un élément de taille négative",
    "its tar has a member of the unknown type {kind}": "son tar a un élément de type inconnu : {kind}",
    "its tar has a {what} that is no number": "son tar a un champ qui n’est pas un nombre ({what})",
    "its tar is cut off after an extended header": "son tar est tronqué après un en-tête étendu",
    "its tar is cut off in a header": "son tar est tronqué dans un en-tête",
    "its tar is cut off in {name}": "son tar est tronqué dans {name}",
    "no room to unpack layers in {folder}: {why}": "pas de place pour décompresser les couches dans {folder} : {why}",
    "the files of its layers take more than {most} MiB of memory to list": (
        "la liste des fichiers de ses couches demande plus de {most} Mio de mémoire"
    ),
    "{digest} is no digest by sha256 or sha512": "{digest} n’est pas une empreinte sha256 ou sha512",
    "{name} has a time or a size beyond 64 bits": "{name} a une date ou une taille qui dépasse 64 bits",
    "{name} has an owner beyond 32 bits": "{name} a un propriétaire qui dépasse 32 bits",
    "{name} hides no file": "{name} ne masque aucun fichier",
    "{name} is a device of impossible numbers": "{name} est un périphérique aux numéros impossibles",
    "{name} is a link to nothing that can be named": "{name} est un lien dont la cible n’est pas un chemin possible",
    "{name} is another name of what is no file so far": (
        "{name} est un lien physique, mais sa cible n’est pas un fichier à ce stade"
    ),
    "{name} is longer than a name can be": "{name} est trop long pour un nom",
    "{name} leads out of its folder": "{name} sort de son dossier",
    "{name} lies deeper than {deepest} folders": "{name} est à plus de {deepest} dossiers de profondeur",
    "{name} lies in what hides a file": "{name} se trouve sous un marqueur qui masque un fichier",
    "{name} {manifest}: no list of images": "{name} {manifest} : ce n’est pas une liste d’images",
    "{name}: a layer of the unknown media type {media}": "{name} : une couche est du type de média inconnu {media}",
    "{name}: a layer packed by zstd: pip install 'rempart[images]'": (
        "{name} : une couche est compressée par zstd : pip install 'rempart[images]'"
    ),
    "{name}: a layer packed by {name_2}, which is not read": (
        "{name} : une couche est compressée par {name_2}, qui n’est pas pris en charge"
    ),
    "{name}: a layer that unpacks to more than {ratio} times its size": (
        "{name} : une couche décompressée dépasse {ratio} fois sa taille"
    ),
    "{name}: a layout of an unknown version": "{name} : un OCI layout de version inconnue",
    "{name}: an extended header of its tar has {size} bytes": (
        "{name} : un en-tête étendu de son tar fait {size} octets"
    ),
    "{name}: an image for {platform}; only those for linux are read": (
        "{name} : une image pour {platform} ; seules celles pour linux sont prises en charge"
    ),
    "{name}: bytes follow the end of its tar, which nothing unpacks": (
        "{name} : des octets suivent la fin de son tar, et rien ne les décompresse"
    ),
    "{name}: it does not name the layers of the manifest": "{name} : il n’indique pas les couches du manifeste",
    "{name}: it has {size} bytes, and {size_2} are named": "{name} : il fait {size} octets, et {size_2} sont annoncés",
    "{name}: it holds more than one image": "{name} : il contient plusieurs images",
    "{name}: it holds no image of a container": "{name} : il ne contient aucune image de conteneur",
    "{name}: it holds {name_2} twice": "{name} : il contient deux fois {name_2}",
    "{name}: it is closed": "{name} : il est fermé",
    "{name}: it lacks {name_2}": "{name} : il y manque {name_2}",
    "{name}: it takes itself for another media type than what leads to it": (
        "{name} : il déclare un autre type de média que la référence qui y mène"
    ),
    "{name}: its bytes do not have the digest {digest}": "{name} : ses octets n’ont pas l’empreinte {digest}",
    "{name}: its gzip can't be unpacked": "{name} : impossible de décompresser son gzip",
    "{name}: its gzip is cut off": "{name} : son gzip est tronqué",
    "{name}: its indexes lead on and on": "{name} : ses index s’enchaînent trop loin",
    "{name}: its layers can't be unpacked: {why}": "{name} : impossible de décompresser ses couches : {why}",
    "{name}: its zstd can't be unpacked": "{name} : impossible de décompresser son zstd",
    "{name}: its zstd is cut off": "{name} : son zstd est tronqué",
    "{name}: links in it lead to one another": "{name} : ses liens forment une boucle",
    "{name}: more than {most_images} images": "{name} : plus de {most_images} images",
    "{name}: more than {most_layers} layers": "{name} : plus de {most_layers} couches",
    "{name}: more than {most_members} members": "{name} : plus de {most_members} éléments",
    "{name}: names that differ by their case alone": "{name} : des noms ne diffèrent que par la casse",
    "{name}: neither an archive of OCI (index.json) nor one of Docker (manifest.json)": (
        "{name} : ni une archive OCI (index.json) ni une archive Docker (manifest.json)"
    ),
    "{name}: nested too deeply": "{name} : imbrication trop profonde",
    "{name}: no JSON object": "{name} : ce n’est pas un objet JSON",
    "{name}: no JSON that can be read": "{name} : JSON illisible",
    "{name}: no file has the number {node}": "{name} : aucun fichier n’a le numéro {node}",
    "{name}: no index that is understood": "{name} : index de forme inconnue",
    "{name}: no manifest that is understood": "{name} : manifeste de forme inconnue",
    "{name}: no room to unpack its layers; TMPDIR names another folder for them": (
        "{name} : pas de place pour décompresser ses couches ; indiquez un autre dossier dans TMPDIR"
    ),
    "{name}: no such file": "{name} : fichier inexistant",
    "{name}: the bytes of {name_2} do not have the digest in its name": (
        "{name} : les octets de {name_2} n’ont pas l’empreinte indiquée par son nom"
    ),
    "{name}: the index and the configuration name different platforms": (
        "{name} : l’index et la configuration indiquent des plateformes différentes"
    ),
    "{name}: the layer {digest} lies elsewhere (a foreign layer)": (
        "{name} : la couche {digest} se trouve ailleurs (foreign layer)"
    ),
    "{name}: the media type {media} is not understood": "{name} : le type de média {media} n’est pas pris en charge",
    "{name}: unpacked, its layers take more than {maximum} bytes (--image-max)": (
        "{name} : décompressées, ses couches prennent plus de {maximum} octets (--image-max)"
    ),
    "{name}: {key} holds what is no text": "{name} : {key} contient autre chose que du texte",
    "{name}: {key} is no list": "{name} : {key} n’est pas une liste",
    "{name}: {key} is no number": "{name} : {key} n’est pas un nombre",
    "{name}: {key} is no text": "{name} : {key} n’est pas un texte",
    "{name}: {manifest} and index.json name different images": (
        "{name} : {manifest} et index.json indiquent des images différentes"
    ),
    "{name}: {name_2} is no regular file": "{name} : {name_2} n’est pas un fichier ordinaire",
    "{name}: {node} is no symbolic link": "{name} : {node} n’est pas un lien symbolique",
    "{name}: {size} bytes are too many for a document": "{name} : {size} octets, c’est trop pour un document",
    "{name}: {why}": "{name} : {why}",
    "{name}… is a longer name than any kernel takes": "{name}… est un nom trop long pour tout noyau",
    "{parts} is a file, and something lies below it": (
        "{parts} est un fichier, mais d’autres éléments se trouvent dessous"
    ),
    "{parts} leads through links without end": "{parts} passe par des liens sans fin",
    "{path}: more than {most_blobs} blobs; copy the image that is meant to an archive": (
        "{path} : plus de {most_blobs} blobs ; copiez l’image voulue dans une archive"
    ),
    "{path}: no regular file": "{path} : ce n’est pas un fichier ordinaire",
    "{path}: no such file": "{path} : fichier inexistant",
    "{path}: permission denied": "{path} : permission refusée",
}
